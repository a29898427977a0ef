"""What stands around Open edX's LTI code where the rest of Open edX would be.

Courses with people and a gradebook, in memory; the functions by which the platform's code asks
the LMS for these (``lti_consumer.plugin.compat``); and a few pages by which a test makes a course,
clicks on its link and looks at its gradebook. Django reads ``urlpatterns`` when it starts.
"""

import itertools
import json
import uuid
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace

from Cryptodome.PublicKey import RSA
from django.contrib.auth import get_user_model, login
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from lti_consumer import api
from lti_consumer.data import Lti1p3LaunchData
from lti_consumer.exceptions import LtiError
from lti_consumer.lti_1p3 import consumer
from lti_consumer.models import (
    CourseAllowPIISharingInLTIFlag,
    Lti1p3Passport,
    LtiAgsScore,
    LtiConfiguration,
)
from lti_consumer.plugin import compat
from opaque_keys.edx.keys import UsageKey

User = get_user_model()


@dataclass
class Block:
    """The unit in a course that opens the tool, as far as the platform's code looks at it."""

    location: UsageKey
    grades: dict = field(default_factory=dict)
    has_score: bool = True
    accept_grades_past_due: bool = False
    past_due: bool = False
    lti_1p3_passport_id: str = ""
    display_name: str = "Mentoring"
    weight: float = 10.0

    @property
    def context_id(self):
        return str(self.location.course_key)

    @property
    def scope_ids(self):
        return SimpleNamespace(usage_id=self.location, user_id=None)

    def is_past_due(self):
        return self.past_due

    def max_score(self):
        return self.weight

    def set_user_module_score(self, user, score, max_score, comment=""):
        """Where a grade ends up in Open edX: scaled to the unit's weight."""
        self.grades[user.username] = {"points": score * max_score, "comment": comment}


@dataclass
class Course:
    """One course with one unit; ``people`` are user names with their course role."""

    number: int
    block: Block
    configuration: LtiConfiguration
    people: dict = field(default_factory=dict)
    shares_people: bool = True
    is_large: bool = False


COURSES: dict[str, Course] = {}
NUMBERS = itertools.count(1)
ASKED: list[dict] = []


def listen(answer):
    """Note what is asked of the platform, and how it was answered."""

    def answer_and_note(request):
        response = answer(request)
        url, status = request.get_full_path(), response.status_code
        ASKED.append({"method": request.method, "url": url, "status": status})
        return response

    return answer_and_note


def external_id(user):
    """What the platform calls a person towards tools."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, user.username))


@cache
def platform_key():
    """One key for all courses, since making one takes a second."""
    return RSA.generate(2048)


def course_of(course_key):
    return COURSES[str(course_key)]


def load_block(location):
    return course_of(location.course_key).block


def user_known_as(external):
    for user in User.objects.all():
        if external_id(user) == external:
            return user
    raise LtiError("Invalid User")


def members_of(course_key):
    course = course_of(course_key)
    if course.is_large:
        raise LtiError("too many people")  # as if the LMS's limit were reached
    return {user.id: as_member(user, course) for user in people_of(course)}


def people_of(course):
    return User.objects.filter(username__in=course.people)


def as_member(user, course):
    return {
        "id": user.id,
        "username": user.username,
        "name": user.get_full_name(),
        "email": user.email,
        "roles": [course.people[user.username]],
    }


def external_ids_of(users):
    # The whole LMS has profiles to fetch with people; there are none here.
    return {
        user.id: SimpleNamespace(external_user_id=external_id(user))
        for user in users.prefetch_related(None)
    }


def is_member(course, user, *_how, **_more):
    return user.username in course.people


def may_open(user, _how, _block, course_key):
    return is_member(course_of(course_key), user)


def may_author(user, course_key):
    return course_of(course_key).people.get(user.username) in {"instructor", "staff"}


compat.load_enough_xblock = load_block
compat.load_block_as_user = load_block
compat.get_user_from_external_user_id = user_known_as
compat.get_course_members = members_of
compat.batch_get_or_create_externalids = external_ids_of
compat.get_course_by_id = course_of
compat.user_course_access = is_member
compat.user_has_access = may_open
compat.user_has_studio_write_access = may_author

# The platform reads its key anew at each request, which takes longer than all the rest.
consumer.PlatformKeyHandler = cache(consumer.PlatformKeyHandler)


@csrf_exempt
def make_course(request):
    """A new course whose unit opens the tool described in the request; what the tool must know."""
    asked, number = json.loads(request.body), next(NUMBERS)
    key = f"course-v1:Peer+Mentoring+{number}"
    location = UsageKey.from_string(f"block-v1:Peer+Mentoring+{number}+type@lti+block@unit")
    block = Block(location)
    course = COURSES[key] = Course(number, block, None, asked["people"])
    for username in asked["people"]:
        User.objects.get_or_create(
            username=username,
            defaults={
                "first_name": username.title(),
                "last_name": "Peer",
                "email": f"{username}@example.org",
            },
        )
    passport = Lti1p3Passport.objects.create(
        lti_1p3_tool_keyset_url=asked["key_set"],
        lti_1p3_internal_private_key=platform_key().export_key("PEM").decode(),
        lti_1p3_internal_private_key_id="platform-key",
    )
    course.configuration = LtiConfiguration.objects.create(
        version=LtiConfiguration.LTI_1P3,
        config_store=LtiConfiguration.CONFIG_ON_DB,
        location=location,
        lti_1p3_passport=passport,
        lti_1p3_oidc_url=asked["login"],
        lti_1p3_launch_url=asked["launch"],
        lti_advantage_enable_nrps=True,
        lti_advantage_deep_linking_enabled=True,
        lti_advantage_deep_linking_launch_url=asked["launch"],
        lti_advantage_ags_mode=asked["gradebook"],
    )
    told = api.get_lti_1p3_launch_info(launch_data(course, next(iter(course.people))))
    return JsonResponse({**told, "key": key, "block": str(location)})


@csrf_exempt
def change_course(request, key):
    """Let the course share its people's names or not, be large, be past its due date."""
    asked, course = json.loads(request.body), COURSES[key]
    course.is_large = asked.get("is_large", course.is_large)
    course.block.past_due = asked.get("past_due", course.block.past_due)
    course.shares_people = asked.get("shares_people", course.shares_people)
    CourseAllowPIISharingInLTIFlag.objects.create(
        course_id=course.block.location.course_key, enabled=course.shares_people
    )
    return JsonResponse({})


def launch_data(course, username):
    """What the unit hands over at a click, as Open edX's own unit does."""
    user, block = User.objects.get(username=username), course.block
    shares = course.shares_people
    return Lti1p3LaunchData(
        user_id=user.id,
        user_role=course.people[username],
        config_id=course.configuration.config_id,
        resource_link_id=str(block.location),
        external_user_id=external_id(user),
        preferred_username=username if shares else None,
        name=user.get_full_name() if shares else None,
        email=user.email if shares else None,
        launch_presentation_document_target="iframe",
        context_id=block.context_id,
        context_type=["course_offering"],
        context_title="Mentoring - Peer",
        context_label=block.context_id,
    )


def click(request, key, username):
    """Sign a person in and open the unit, or with ``?choose`` its page to choose content."""
    course = COURSES[key]
    login(request, User.objects.get(username=username))
    data = launch_data(course, username)
    if "choose" in request.GET:
        return HttpResponseRedirect(api.get_lti_1p3_launch_start_url(data, deep_link_launch=True))
    return HttpResponseRedirect(api.get_lti_1p3_content_url(data))


def look(_request, key):
    """The course's gradebook, what tools wrote to get there, and the content that was chosen."""
    course = COURSES[key]
    columns = course.configuration.ltiagslineitem_set.all()
    scores = LtiAgsScore.objects.filter(line_item__in=columns)
    return JsonResponse(
        {
            "people": {user.username: external_id(user) for user in people_of(course)},
            "grades": course.block.grades,
            "columns": [
                {
                    "label": column.label,
                    "maximum": column.score_maximum,
                    "tag": column.tag,
                    "resource_id": column.resource_id,
                    "link": str(column.resource_link_id or ""),
                }
                for column in columns
            ],
            "asked": [each for each in ASKED if f"/lti/{course.configuration.id}/" in each["url"]],
            "scores": {score.user_id: score.score_given for score in scores},
            "content": [
                {"type": item.content_type, **item.attributes}
                for item in course.configuration.ltidlcontentitem_set.all()
            ],
        }
    )


urlpatterns = [
    path("api/", include("lti_consumer.plugin.urls")),
    path("courses", make_course),
    path("courses/<path:key>/change", change_course),
    path("courses/<path:key>/open/<str:username>", click),
    path("courses/<path:key>", look),
]
