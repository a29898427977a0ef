"""Open edX's LTI platform as a program of its own, started with the Python of ``.venv-peer``.

It prints one line with its address and serves until its standard input ends, so that it never
outlives whoever started it. ``openedx_pages.py`` is what stands around the platform's code.
"""

import socket
import sys
import tempfile
import threading
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from waitress.server import create_server

# As in Open edX: a block's key in an address.
BLOCK_KEY = r"(?P<usage_id>(?:i4x://?[^/]+/[^/]+/[^/]+/[^@]+(?:@[^/]+)?)|(?:[^/]+))"


def configure(url: str, folder: Path) -> None:
    """Set Django up for a platform at ``url`` whose database is in ``folder``."""
    settings.configure(
        SECRET_KEY="nothing but tests",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="openedx_pages",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": folder / "openedx.sqlite3",
                "OPTIONS": {"timeout": 20},  # seconds that a writer waits for another one
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "waffle",
            "config_models",
            "rest_framework",
            "lti_consumer",
        ],
        MIDDLEWARE=[
            "openedx_pages.listen",
            # Each request forgets what the one before had looked up in the same thread.
            "edx_django_utils.cache.middleware.RequestCacheMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
        USAGE_ID_PATTERN=BLOCK_KEY,
        LOGGING={
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"stderr": {"class": "logging.StreamHandler"}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
        },
        PLATFORM_NAME="Open edX",
        LTI_BASE=url,
    )
    django.setup()
    call_command("migrate", verbosity=0)


def end_with_input(server: object) -> None:
    """Stop serving as soon as nobody can write to us any more."""
    sys.stdin.buffer.read()
    server.close()  # type: ignore[attr-defined]


def main() -> None:
    """Serve on a free port of this machine."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with tempfile.TemporaryDirectory() as folder:
        configure(url, Path(folder))
        server = create_server(get_wsgi_application(), sockets=[listening], threads=4)
        threading.Thread(target=end_with_input, args=[server], daemon=True).start()
        sys.stdout.write(url + "\n")
        sys.stdout.flush()
        server.run()


if __name__ == "__main__":
    main()
