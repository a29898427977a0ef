"""A process of its own that delivers scores until nothing is due; the kill test ends it roughly.

Its argument is the database's address.
"""

import sys

from lti_mentoring.advantage.client import ServiceClient
from lti_mentoring.advantage.tokens import Tokens
from lti_mentoring.core.db import connect
from lti_mentoring.core.http import Client
from lti_mentoring.core.keys import SecretBox
from lti_mentoring.grading.publisher import Publisher
from lti_mentoring.services import tool_keys
from lti_mentoring.settings import Outgoing
from tests.support.database import SECRET

DELIVERY_SECONDS = 1.5
WORKERS = 4


def main(database_url: str) -> None:
    """Deliver, batch after batch, as the worker does; leases are short, so that tests are."""
    database = connect(database_url)
    limits = Outgoing(
        allow_private=True,
        connect_timeout_seconds=5,
        read_timeout_seconds=5,
        total_timeout_seconds=10,
        max_response_bytes=1_000_000,
    )
    http = Client(limits, "kill test")
    box = SecretBox(SECRET)
    tokens = Tokens(database.transaction, http, box, lambda db: tool_keys.signer(db, box))
    publisher = Publisher(
        database.transaction,
        lambda tool: ServiceClient(tool, http, tokens),
        workers=WORKERS,
        batch=20,
        delivery_seconds=DELIVERY_SECONDS,
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        publisher.publish_due()


if __name__ == "__main__":
    main(sys.argv[1])
