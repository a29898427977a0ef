"""How each LMS writes a person's roles: in launches and, often differently, in the roster.

Sources: Moodle's wire captures; Canvas' Lti::SubstitutionsHelper; Blackboard's and
Brightspace's documents; Sakai's LTI13Servlet; Open edX' lti_1p3 constants. Roles that an LMS
does not have at all are given as what its people would be there.
"""

from collections.abc import Mapping

from lti_mentoring.sandbox.vocabulary import (
    CONTEXT_ROLE,
    INSTITUTION_ROLE,
    ROLE_URIS,
    SYSTEM_ROLE,
    TEACHING_ASSISTANT,
    TEST_USER,
    Role,
)

RoleNames = Mapping[Role, tuple[str, ...]]

INSTRUCTOR = CONTEXT_ROLE + "Instructor"
LEARNER = CONTEXT_ROLE + "Learner"
OBSERVER = CONTEXT_ROLE + "Mentor"
ADMINISTRATOR = CONTEXT_ROLE + "Administrator"
USER = SYSTEM_ROLE + "User"
NOBODY = (SYSTEM_ROLE + "None", INSTITUTION_ROLE + "None")
OF_THE_INSTITUTION = (INSTITUTION_ROLE + "Administrator", SYSTEM_ROLE + "SysAdmin")
LEARNING_ASSISTANT = "http://purl.imsglobal.org/vocab/lis/v2/membership/Learner#TeachingAssistant"

PLAIN: RoleNames = ROLE_URIS

# The teaching assistant is Moodle's non-editing teacher: staff at launch, a learner in the roster.
MOODLE_LAUNCH: RoleNames = {
    Role.INSTRUCTOR: (INSTRUCTOR,),
    Role.TA: (INSTRUCTOR,),
    Role.LEARNER: (LEARNER,),
    Role.OBSERVER: (LEARNER,),
    Role.ADMIN: (
        INSTITUTION_ROLE + "Administrator",
        INSTRUCTOR,
        SYSTEM_ROLE + "Administrator",
    ),
    Role.PREVIEW: (LEARNER,),
}
MOODLE_ROSTER: RoleNames = {
    Role.INSTRUCTOR: ("Instructor",),
    Role.TA: ("Learner",),
    Role.LEARNER: ("Learner",),
    Role.OBSERVER: ("Learner",),
    Role.ADMIN: ("Instructor", "http://purl.imsglobal.org/vocab/lis/v2/person#Administrator"),
    Role.PREVIEW: ("Learner",),
}

CANVAS_LAUNCH: RoleNames = {
    Role.INSTRUCTOR: (INSTITUTION_ROLE + "Instructor", INSTRUCTOR, USER),
    Role.TA: (INSTITUTION_ROLE + "Instructor", INSTRUCTOR, TEACHING_ASSISTANT, USER),
    Role.LEARNER: (INSTITUTION_ROLE + "Student", LEARNER, USER),
    Role.OBSERVER: (INSTITUTION_ROLE + "Observer", OBSERVER, USER),
    Role.ADMIN: (INSTITUTION_ROLE + "Administrator", ADMINISTRATOR, USER),
    Role.PREVIEW: (LEARNER, TEST_USER),
}
CANVAS_ROSTER: RoleNames = {
    Role.INSTRUCTOR: (INSTRUCTOR,),
    Role.TA: (INSTRUCTOR, TEACHING_ASSISTANT),
    Role.LEARNER: (LEARNER,),
    Role.OBSERVER: (OBSERVER,),
    Role.ADMIN: (ADMINISTRATOR,),
    Role.PREVIEW: (LEARNER, TEST_USER),
}

BLACKBOARD: RoleNames = {
    Role.INSTRUCTOR: (INSTRUCTOR,),
    Role.TA: (TEACHING_ASSISTANT,),
    Role.LEARNER: (LEARNER,),
    Role.OBSERVER: (INSTITUTION_ROLE + "Observer",),
    Role.ADMIN: (INSTITUTION_ROLE + "Administrator", ADMINISTRATOR),
    Role.PREVIEW: (TEST_USER,),
}

BRIGHTSPACE_LAUNCH: RoleNames = {
    Role.INSTRUCTOR: (INSTRUCTOR, INSTITUTION_ROLE + "Instructor"),
    Role.TA: (TEACHING_ASSISTANT, INSTITUTION_ROLE + "Instructor"),
    Role.LEARNER: (LEARNER, INSTITUTION_ROLE + "Student"),
    Role.OBSERVER: (INSTITUTION_ROLE + "Observer",),
    Role.ADMIN: (ADMINISTRATOR, INSTITUTION_ROLE + "Administrator"),
    Role.PREVIEW: (LEARNER,),
}
BRIGHTSPACE_ROSTER: RoleNames = {role: names[:1] for role, names in BRIGHTSPACE_LAUNCH.items()}

SAKAI_LAUNCH: RoleNames = {
    Role.INSTRUCTOR: ("Instructor", INSTRUCTOR),
    Role.TA: ("Instructor", INSTRUCTOR, TEACHING_ASSISTANT),
    Role.LEARNER: (LEARNER,),
    Role.OBSERVER: (CONTEXT_ROLE + "Member",),
    Role.ADMIN: (
        "Instructor",
        INSTRUCTOR,
        "Administrator",
        INSTITUTION_ROLE + "Administrator",
        SYSTEM_ROLE + "Administrator",
    ),
    Role.PREVIEW: (LEARNER,),
}
SAKAI_ROSTER: RoleNames = {
    Role.INSTRUCTOR: ("Instructor", INSTRUCTOR),
    Role.TA: ("Instructor", INSTRUCTOR),
    Role.LEARNER: ("Learner", LEARNER),
    Role.OBSERVER: ("Learner", LEARNER),
    Role.ADMIN: ("Instructor", INSTRUCTOR),
    Role.PREVIEW: ("Learner", LEARNER),
}

# What edX calls instructor is its course administrator; its staff are the instructors.
OPENEDX_ROSTER: RoleNames = {
    Role.INSTRUCTOR: (ADMINISTRATOR, INSTRUCTOR),
    Role.TA: (LEARNER, LEARNING_ASSISTANT),
    Role.LEARNER: (LEARNER,),
    Role.OBSERVER: (LEARNER,),
    Role.ADMIN: (ADMINISTRATOR, INSTRUCTOR),
    Role.PREVIEW: (LEARNER,),
}
OPENEDX_LAUNCH: RoleNames = {role: (*NOBODY, *names) for role, names in OPENEDX_ROSTER.items()}
