"""A platform on a socket that takes scores as strictly as Moodle, for processes of their own."""

import json
import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from lti_mentoring.models import ScorePublication
from lti_mentoring.vocabulary import PublicationState

SLOWNESS_SECONDS = 0.02
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
MEMBERS = {
    "activityProgress",
    "comment",
    "gradingProgress",
    "scoreGiven",
    "scoreMaximum",
    "scoringUserId",
    "submission",
    "timestamp",
    "userId",
}


class StrictGradebook:
    """A platform on a socket: takes a score only if its timestamp is newer, as Moodle does."""

    def __init__(self):
        self.url = ""
        self.arrived = defaultdict(list)  # user: (timestamp, score) in order of arrival
        self.accepted = {}
        self.misshapen = []  # scores that are not as the specification wants them
        self.meanings = defaultdict(set)  # (user, timestamp): everything that was said so
        self.typed = {}
        self.looked = 0
        self._lock = threading.Lock()

    def __call__(self, environ, start_response):
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request):
        if request.path == "/token":
            return Response('{"access_token": "t", "expires_in": 3600}', mimetype="text/html")
        if request.method == "GET":
            return self._results()
        time.sleep(SLOWNESS_SECONDS)
        score = request.get_json(force=True)
        user, stamp = score["userId"], score["timestamp"]
        with self._lock:
            self.meanings[user, stamp].add(request.get_data(as_text=True))
            if not is_well_shaped(score):
                self.misshapen.append(score)
                return Response("[]", 400)
            self.arrived[user].append((stamp, score["scoreGiven"]))
            if user in self.accepted and self.accepted[user][0] >= stamp:
                return Response("[]", 409)
            self.accepted[user] = (stamp, score["scoreGiven"])
        return Response("", 200)

    def _results(self):
        """What the column shows, with grades that somebody typed over ours."""
        with self._lock:
            self.looked += 1
            shown = {user: score for user, (_stamp, score) in self.accepted.items()}
            shown |= self.typed
        entries = [
            {"userId": user, "resultScore": score, "resultMaximum": 100}
            for user, score in shown.items()
        ]
        return Response(json.dumps(entries), mimetype="application/json")

    @property
    def count(self):
        with self._lock:
            return sum(map(len, self.arrived.values()))


def is_well_shaped(score):
    """Whether a score keeps to LTI-AGS 2.0, 3.4.4 to 3.4.11, also in what it may leave out."""
    submission = score.get("submission", {"startedAt": score["timestamp"]})
    moments = [submission[name] for name in ("startedAt", "submittedAt") if name in submission]
    return (
        set(score) <= MEMBERS
        and set(submission) <= {"startedAt", "submittedAt"}
        and all(STAMP.fullmatch(moment) for moment in (*moments, score["timestamp"]))
        and bool(moments)
        and moments == sorted(moments)
        and moments[-1] <= score["timestamp"]
        and bool(score["userId"] and score.get("scoringUserId", "somebody"))
        and 0 <= score["scoreGiven"] <= score["scoreMaximum"]
    )


class _Silent(WSGIRequestHandler):
    def log(self, *_given):
        pass


@contextmanager
def serve_gradebook() -> Iterator[StrictGradebook]:
    """The gradebook, answering on loopback."""
    platform = StrictGradebook()
    server = make_server("127.0.0.1", 0, platform, threaded=True, request_handler=_Silent)
    platform.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield platform
    server.shutdown()
    thread.join()
    server.server_close()


def wait_until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.01)


def all_sent(database):
    with database.transaction() as db:
        states = db.scalars(select(ScorePublication.state)).all()
    return set(states) == {PublicationState.SENT}
