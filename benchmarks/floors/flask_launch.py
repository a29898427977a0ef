"""The floor for a launch: the same stack with the least that a real launch has to do.

Flask, SQLAlchemy Core and PyJWT. The login keeps nothing. The launch checks the signature, uses
the nonce up, and writes person, course, link, membership and sign-in: six statements in one
transaction. Then a redirect, and a page that reads three tables. No roles, forms, translations,
templates, headers, compression or log of what happened.
"""

import hashlib
import hmac
import json
import os
import secrets
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
from flask import Flask, Response, abort, redirect, request
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.dialects.sqlite import insert as upserting
from sqlalchemy.exc import IntegrityError

ISSUER = os.environ["FLOOR_ISSUER"]
CLIENT = os.environ["FLOOR_CLIENT"]
DEPLOYMENT = os.environ["FLOOR_DEPLOYMENT"]
FILE = Path(os.environ["FLOOR_FOLDER"]) / "floor.db"
SECRET = b"nothing but floors is signed with this"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
GRADES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"

meta = MetaData()
nonces = Table(
    "nonce", meta, Column("nonce", String(64), primary_key=True), Column("expires", Integer)
)
people = Table(
    "person",
    meta,
    Column("id", String(80), primary_key=True),
    Column("name", String),
    Column("email", String),
)
courses = Table(
    "course",
    meta,
    Column("id", String(80), primary_key=True),
    Column("title", String),
    Column("roster", String),
    Column("grades", String),
)
links = Table(
    "link",
    meta,
    Column("id", String(80), primary_key=True),
    Column("course", String(80)),
    Column("title", String),
)
members = Table(
    "member",
    meta,
    Column("person", String(80), primary_key=True),
    Column("course", String(80), primary_key=True),
    Column("roles", String),
)
sign_ins = Table(
    "sign_in",
    meta,
    Column("id", String(64), primary_key=True),
    Column("person", String(80)),
    Column("course", String(80)),
    Column("link", String(80)),
    Column("expires", Integer),
)
engine = create_engine(f"sqlite:///{FILE}", pool_size=8, max_overflow=16)


@event.listens_for(engine, "connect")
def _prepare(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=wal", "synchronous=normal", "busy_timeout=20000"):
        connection.execute(f"pragma {pragma}")


def _upsert(table: Table, *changed: str) -> Any:
    statement = upserting(table)
    values = {name: statement.excluded[name] for name in changed}
    keys = list(table.primary_key.columns)
    return statement.on_conflict_do_update(index_elements=keys, set_=values)


USE_NONCE = insert(nonces)
KEEP_PERSON = _upsert(people, "name", "email")
KEEP_COURSE = _upsert(courses, "title", "roster", "grades")
KEEP_LINK = _upsert(links, "title")
KEEP_MEMBER = _upsert(members, "roles")
SIGN_IN = insert(sign_ins)
PAGE = (
    select(people.c.name, courses.c.title)
    .select_from(sign_ins)
    .join(people, people.c.id == sign_ins.c.person)
    .join(courses, courses.c.id == sign_ins.c.course)
    .where(sign_ins.c.id == bindparam("id"))
)
app = Flask(__name__)
known_keys: dict[str, Any] = {}


def _key(kid: str) -> Any:
    if kid not in known_keys:
        with urllib.request.urlopen(f"{ISSUER}/jwks") as answer:  # noqa: S310 -- our own stub
            published = json.load(answer)["keys"]
        known_keys.update({entry["kid"]: jwt.PyJWK(entry).key for entry in published})
    return known_keys[kid]


def _state_of(nonce: str) -> str:
    return hmac.new(SECRET, nonce.encode(), hashlib.sha256).hexdigest()[:32]


@app.post("/lti/login")
def login() -> Any:
    """Send the browser to the platform, the state being a signature of the nonce."""
    nonce = secrets.token_urlsafe(16)
    state = _state_of(nonce)
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": CLIENT,
        "redirect_uri": request.form["target_link_uri"],
        "login_hint": request.form["login_hint"],
        "state": state,
        "nonce": nonce,
    }
    response = redirect(f"{ISSUER}/auth?{urlencode(query)}")
    response.set_cookie(f"s{state}", "1", max_age=300, secure=True, httponly=True, samesite="None")
    return response


@app.post("/lti/launch")
def launch() -> Any:
    """Check, write the six rows, and send the browser to its page."""
    token, state = request.form["id_token"], request.form["state"]
    claims = jwt.decode(
        token,
        _key(jwt.get_unverified_header(token)["kid"]),
        algorithms=["RS256"],
        audience=CLIENT,
        issuer=ISSUER,
    )
    is_ours = hmac.compare_digest(_state_of(claims["nonce"]), state)
    is_bound = f"s{state}" in request.cookies
    if not is_ours or not is_bound or claims[f"{CLAIM}deployment_id"] != DEPLOYMENT:
        abort(403)
    key = secrets.token_urlsafe(24)
    try:
        _write(claims, key)
    except IntegrityError:
        abort(403)  # this nonce was used before
    response = redirect("/page", code=303)
    response.set_cookie("sign_in", key, secure=True, httponly=True, samesite="None")
    return response


def _write(claims: dict[str, Any], key: str) -> None:
    course, link = claims[f"{CLAIM}context"], claims[f"{CLAIM}resource_link"]
    person, until = claims["sub"], claims["exp"]
    with engine.begin() as db:
        db.execute(USE_NONCE, {"nonce": claims["nonce"], "expires": until})
        db.execute(
            KEEP_PERSON,
            {"id": person, "name": claims.get("name"), "email": claims.get("email")},
        )
        db.execute(
            KEEP_COURSE,
            {
                "id": course["id"],
                "title": course.get("title"),
                "roster": claims[ROSTER]["context_memberships_url"],
                "grades": claims[GRADES]["lineitems"],
            },
        )
        db.execute(KEEP_LINK, {"id": link["id"], "course": course["id"], "title": link["title"]})
        roles = ",".join(claims[f"{CLAIM}roles"])
        db.execute(KEEP_MEMBER, {"person": person, "course": course["id"], "roles": roles})
        ids = {"id": key, "person": person, "course": course["id"], "link": link["id"]}
        db.execute(SIGN_IN, {**ids, "expires": until})


@app.get("/page")
def page() -> Response:
    """The page: who, in which course."""
    with engine.connect() as db:
        row = db.execute(PAGE, {"id": request.cookies.get("sign_in", "")}).first()
    if row is None:
        abort(403)
    return Response(f"<!doctype html><title>Floor</title><p>{row.name}, {row.title}")


if __name__ == "__main__":
    meta.create_all(engine)  # once, before the server starts
