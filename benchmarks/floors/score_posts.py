"""The floors for sending scores: a body made by hand, posted, its status looked at, no more.

``pool`` has some threads with a kept-open ``requests`` session each, and a token that was given to
it. It claims nothing, notes nothing, and would send everything again if it was killed. The other
two are pylti1p3's service as its documentation shows it: one object for all scores, and one for
each, as a request or a job makes it.
"""

import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import requests
from pylti1p3.assignments_grades import AssignmentsGradesService
from pylti1p3.grade import Grade
from pylti1p3.registration import Registration
from pylti1p3.service_connector import ServiceConnector

HEADERS = {
    "Authorization": "Bearer benchmark",
    "Content-Type": "application/vnd.ims.lis.v1.score+json",
}
AGS = "https://purl.imsglobal.org/spec/lti-ags/scope"


def pool(column: str, count: int, threads: int) -> None:
    """Send so many scores to ``column``."""
    numbers = itertools.count()

    def send() -> None:
        with requests.Session() as session:
            while (number := next(numbers)) < count:
                answer = session.post(f"{column}/scores", data=_body(number), headers=HEADERS)
                answer.raise_for_status()

    with ThreadPoolExecutor(threads) as executor:
        for sending in [executor.submit(send) for _ in range(threads)]:
            sending.result()


def one_object(platform: str, key_file: Path, column: str, count: int) -> None:
    """pylti1p3, with one service object for all."""
    service = _service(platform, key_file, column)()
    for number in range(count):
        service.put_grade(_grade(number))


def object_per_score(platform: str, key_file: Path, column: str, count: int) -> None:
    """pylti1p3, with a service object for each."""
    make = _service(platform, key_file, column)
    for number in range(count):
        make().put_grade(_grade(number))


def _service(platform: str, key_file: Path, column: str) -> Callable[[], AssignmentsGradesService]:
    tool = Registration().set_client_id("benchmark-client")
    tool.set_auth_token_url(f"{platform}/token").set_tool_private_key(key_file.read_text())
    facts = {"scope": [f"{AGS}/score", f"{AGS}/lineitem"], "lineitem": column}
    return lambda: AssignmentsGradesService(ServiceConnector(tool), facts)


def _body(number: int) -> str:
    return json.dumps(
        {
            "userId": f"person-{number}",
            "scoreGiven": 50,
            "scoreMaximum": 100,
            "comment": "Sessions 3 of 6. Goals 2 of 3.",
            "activityProgress": "InProgress",
            "gradingProgress": "FullyGraded",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }
    )


def _grade(number: int) -> Grade:
    grade = Grade().set_user_id(f"person-{number}").set_score_given(50).set_score_maximum(100)
    grade.set_timestamp(datetime.now(UTC).isoformat(timespec="milliseconds"))
    return grade.set_activity_progress("InProgress").set_grading_progress("FullyGraded")
