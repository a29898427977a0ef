"""Four starting points for a program, in the coordinator's language."""

from flask_babel import gettext as _

from lti_mentoring.services.programs import Beginning
from lti_mentoring.vocabulary import Cadence, MentorSource, PairingMethod, Preset


def beginning(preset: Preset) -> Beginning:
    """What ``preset`` suggests; everything can be changed afterwards."""
    return BEGINNINGS[preset]()


def promise(preset: Preset) -> str:
    """One sentence that helps to choose."""
    return {
        Preset.PEER_TUTORING: _("Learners who passed the course help those who take it now."),
        Preset.FIRST_YEAR_BUDDIES: _("Older students help new ones to arrive and find their way."),
        Preset.CAREER_MENTORS: _("People with experience talk about work, paths and decisions."),
        Preset.ROLE_TRANSITION: _("Somebody who knows a role accompanies those who take it on."),
    }[preset]


def preset_name(preset: Preset) -> str:
    """The name of ``preset``."""
    return {
        Preset.PEER_TUTORING: _("Peer tutoring"),
        Preset.FIRST_YEAR_BUDDIES: _("First-year buddies"),
        Preset.CAREER_MENTORS: _("Career mentors"),
        Preset.ROLE_TRANSITION: _("A new role"),
    }[preset]


def agreement() -> str:
    """The agreement that both people of a pair sign, unless the coordinator writes another."""
    return _(
        "We meet as often as we have planned, and we are on time.\n"
        "If one of us cannot come, we say so at least 24 hours before.\n"
        "What we tell each other stays between us. Our coordinators see when we met, never what"
        " we said. The one exception is danger to somebody.\n"
        "The learner sets the goals and does the work. The mentor listens, asks and shares"
        " experience, and gives no grades.\n"
        "If it is not a good fit, each of us may say so. Nobody has to explain it."
    )


def _peer_tutoring() -> Beginning:
    return Beginning(
        preset=Preset.PEER_TUTORING,
        title=_("Peer tutoring"),
        purpose=_(
            "Nobody has to work through this course alone. Learners who know the way help"
            " others to find their own."
        ),
        objectives=_(
            "Every learner who wants a mentor has one by the third week\n"
            "Pairs meet at least six times\n"
            "Learners feel safer in the subject at the end"
        ),
        audience=_("All learners of this course"),
        topics=(
            _("Understanding the material"),
            _("Problem sets"),
            _("Academic writing"),
            _("Preparing for the exam"),
            _("Planning the week"),
        ),
        agreement=agreement(),
    )


def _first_year_buddies() -> Beginning:
    return Beginning(
        preset=Preset.FIRST_YEAR_BUDDIES,
        title=_("First-year mentoring"),
        purpose=_(
            "The first year is easier with somebody who remembers their own. Mentors help new"
            " students to arrive, to find people and to find help."
        ),
        objectives=_(
            "Every new student knows one older student well\n"
            "New students know where to find help\n"
            "More new students stay"
        ),
        audience=_("Students in their first year"),
        topics=(
            _("Finding my way on campus"),
            _("Studying at university"),
            _("Speaking up in seminars"),
            _("Money and housing"),
            _("Meeting people"),
            _("Living abroad"),
        ),
        agreement=agreement(),
        session_length_minutes=30,
    )


def _career_mentors() -> Beginning:
    return Beginning(
        preset=Preset.CAREER_MENTORS,
        title=_("Career mentoring"),
        purpose=_(
            "Learners talk with people who work in their field: about paths, decisions and what"
            " a working day is like."
        ),
        objectives=_(
            "Every learner has a next step for their career\n"
            "Learners know how people in their field work\n"
            "Learners have practiced an application"
        ),
        audience=_("Learners who think about their first or next job"),
        topics=(
            _("Choosing a path"),
            _("Applications and interviews"),
            _("Networking"),
            _("First weeks in a job"),
            _("Research or industry"),
        ),
        agreement=agreement(),
        cadence=Cadence.MONTHLY,
        session_target=4,
        session_length_minutes=60,
        mentor_source=MentorSource.NOMINATION,
    )


def _role_transition() -> Beginning:
    return Beginning(
        preset=Preset.ROLE_TRANSITION,
        title=_("Growing into a new role"),
        purpose=_(
            "A new role is learned best beside somebody who has it. Mentors accompany the first"
            " months: clinical placements, teaching practice, leading a team."
        ),
        objectives=_(
            "Everybody in a new role has somebody to ask from the first week\n"
            "Learners can name what they do well and what comes next"
        ),
        audience=_("People who have just taken on a new role"),
        topics=(
            _("The first weeks"),
            _("Working with a team"),
            _("Giving and taking feedback"),
            _("Handling pressure"),
            _("Leading others"),
        ),
        agreement=agreement(),
        cadence=Cadence.WEEKLY,
        session_target=10,
        mentor_source=MentorSource.NOMINATION,
        pairing_method=PairingMethod.COORDINATOR,
    )


BEGINNINGS = {
    Preset.PEER_TUTORING: _peer_tutoring,
    Preset.FIRST_YEAR_BUDDIES: _first_year_buddies,
    Preset.CAREER_MENTORS: _career_mentors,
    Preset.ROLE_TRANSITION: _role_transition,
}
