"""How long ago something was, in words."""

from datetime import datetime, timedelta

from babel.dates import format_timedelta

from lti_mentoring.core import clock
from lti_mentoring.web.locale import current

JUST_NOW = timedelta(seconds=-1)  # nothing that has happened is "in 0 minutes"


def ago(moment: datetime) -> str:
    """Such as "20 minutes ago", in the reader's language."""
    span = min(moment - clock.now(), JUST_NOW)
    return format_timedelta(span, granularity="minute", add_direction=True, locale=current())
