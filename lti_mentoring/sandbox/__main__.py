"""Runs the sandbox alone: ``python -m lti_mentoring.sandbox``."""

import argparse
from urllib.parse import urlsplit

from lti_mentoring.sandbox.accents import ACCENTS
from lti_mentoring.sandbox.app import create_sandbox


def main() -> None:
    """Serve the sandbox until it is interrupted."""
    parser = argparse.ArgumentParser(description="A small LMS to try the tool in.")
    parser.add_argument("--base-url", default="http://127.0.0.1:8001", help="its own address")
    parser.add_argument("--tool-url", default="http://localhost:8000", help="the tool's address")
    parser.add_argument("--accent", default="plain", choices=ACCENTS, help="the LMS to imitate")
    options = parser.parse_args()
    address = urlsplit(options.base_url)
    app = create_sandbox(
        base_url=options.base_url, tool_url=options.tool_url, accent=options.accent
    )
    app.run(host=address.hostname, port=address.port or 80, threaded=True)


if __name__ == "__main__":
    main()
