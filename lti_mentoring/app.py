"""The application: settings in, a Flask application out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request
from flask_compress import Compress
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from lti_mentoring import __version__, views
from lti_mentoring.core.db import Database, connect
from lti_mentoring.core.http import Client
from lti_mentoring.core.keys import SecretBox
from lti_mentoring.jobs.engine import Worker
from lti_mentoring.launch.key_sets import KeySets
from lti_mentoring.launch.registrations import Registrations
from lti_mentoring.launch.throttle import Throttle
from lti_mentoring.settings import Settings, load_settings
from lti_mentoring.web import error_pages, headers, locale, static_files, templating, unit_of_work
from lti_mentoring.web.guards import check_guards
from lti_mentoring.web.memory_session import MemorySessionInterface

IN_SIGN_IN = "/in/<sign_in_key>"
LARGEST_FORM = 256 * 1024  # bytes
COMPRESS_FROM = 4096  # bytes; less than this travels in the first packets anyway
LARGEST_ID = 2**31 - 1  # what an id's column holds on PostgreSQL


class RowId(IntegerConverter):
    """A number in an address that can be a row's id; what cannot is an address of nothing."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_ID)


class Application(Flask):
    """A Flask application without coroutines, so nobody asks at each call whether it is one."""

    jinja_environment = templating.Environment

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func


class FormProtection(CSRFProtect):  # type: ignore[misc]
    """Asks forms for their token."""

    def protect(self, apply_exemptions: bool = False) -> None:  # noqa: FBT001, FBT002 -- inherited
        """Raise unless the form is ours. The library looks first whether a page is exempt."""
        if request.method not in unit_of_work.SAFE:
            super().protect(apply_exemptions)


class Compression(Compress):
    """Passes small pages on at once; the library would look at all their headers first."""

    def after_request(self, response: Response | None) -> Response:
        """The response, compressed if that pays. What no browser keeps needs no ``Vary``."""
        if response is None or request.endpoint == "static" or not _is_small(response):
            return super().after_request(response)
        return response


def _is_small(response: Response) -> bool:
    return not response.is_streamed and (response.content_length or 0) < COMPRESS_FROM


@dataclass(frozen=True)
class Mentoring:
    """What the application works with, made once per process."""

    settings: Settings
    database: Database
    http: Client
    box: SecretBox
    worker: Worker
    throttle: Throttle
    registrations: Registrations
    key_sets: KeySets


def user_agent(settings: Settings) -> str:
    """How the tool names itself to platforms: Canvas and some Moodle sites insist (LTI-126)."""
    return f"lti-mentoring/{__version__} (+{settings.public_url})"


def equip(
    app: Flask, settings: Settings, database: Database | None = None, http: Client | None = None
) -> None:
    """Give ``app`` what it works with; tests hand one application from database to database."""
    database = database or connect(settings.database_url)
    http = http or Client(settings.outgoing, user_agent(settings))
    box = SecretBox(settings.secret_key, settings.secret_key_previous)
    worker = Worker(database, http, box, settings)
    app.extensions["mentoring"] = Mentoring(
        settings,
        database,
        http,
        box,
        worker,
        Throttle(settings),
        Registrations(database),
        KeySets(database, http, settings.launching),
    )


def create_app(
    settings: Settings | None = None,
    *,
    database: Database | None = None,
    http: Client | None = None,
    **config: Any,
) -> Flask:
    """The application. ``database`` and ``http`` are made from the settings unless given."""
    settings = settings or load_settings()
    app = Application(__name__)
    app.url_map.converters["int"] = RowId
    equip(app, settings, database, http)
    _believe_proxies(app, settings.trusted_proxies)
    app.session_interface = MemorySessionInterface()
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        WTF_CSRF_TIME_LIMIT=None,  # a token holds as long as its sign-in
        WTF_CSRF_SSL_STRICT=False,  # it wants a referrer, and we send none
        COMPRESS_MIMETYPES=[
            "text/html", "text/css", "text/javascript", "application/javascript",
            "application/json", "image/svg+xml",
        ],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=2,  # a third of the work of 4, a tenth more bytes
        COMPRESS_MIN_SIZE=COMPRESS_FROM,
        COMPRESS_EVALUATE_CONDITIONAL_REQUEST=False,  # pages are never kept by browsers
    )  # fmt: skip
    app.config.update(config)
    locale.install(app, settings.default_locale)
    templating.install(app)
    static_files.install(app)
    error_pages.install(app)
    unit_of_work.install(app)
    csrf = FormProtection(app)
    headers.install(app)
    Compression(app)
    for blueprint in views.PUBLIC:
        app.register_blueprint(blueprint)
        csrf.exempt(blueprint)  # these are protected by state, nonce and bearer tokens
    for blueprint in views.TOP_LEVEL:
        app.register_blueprint(blueprint)
    for blueprint in views.PAGES:
        app.register_blueprint(blueprint, url_prefix=IN_SIGN_IN)
    for view in views.WITHOUT_TOKEN:
        csrf.exempt(view)
    check_guards(app)
    return app


def _believe_proxies(app: Flask, count: int) -> None:
    """Take a browser's address from so many proxies, and nothing else: ``public_url`` is ours."""
    if count:
        proxied = ProxyFix(app.wsgi_app, x_for=count, x_proto=0, x_host=0, x_port=0, x_prefix=0)
        app.wsgi_app = proxied  # type: ignore[method-assign]
