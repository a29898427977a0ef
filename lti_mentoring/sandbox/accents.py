"""The seven LMSs that the sandbox can imitate.

The facts were seen on the wire (Moodle 4.5), or read in the platforms' code (Canvas, Sakai,
Open edX) and documents (Blackboard, Brightspace).
"""

from collections.abc import Mapping

from lti_mentoring.sandbox import role_names, service_habits
from lti_mentoring.sandbox.accent import (
    Accent,
    Copies,
    Custom,
    Dialog,
    Login,
    Registration,
    Token,
    Valueless,
)
from lti_mentoring.sandbox.vocabulary import (
    CONTEXT_COPY,
    COURSE_OFFERING,
    DATA_PRIVACY,
    DEEP_LINKING,
    GROUPS_SCOPE,
    HELLO_WORLD,
    LINE_ITEM_READ_SCOPE,
    LINE_ITEM_SCOPE,
    LINK_ITEM,
    LINKS_SCOPES,
    NOTICES_SCOPE,
    NRPS_SCOPE,
    RESOURCE_LINK,
    RESULT_SCOPE,
    SCOPES,
    SCORE_SCOPE,
    SUBMISSION_REVIEW,
)

HOUR = 3600

HISTORIES = frozenset({"Context.id.history", "ResourceLink.id.history"})
USUAL_VARIABLES = HISTORIES | {
    "Context.id",
    "Context.title",
    "Person.address.timezone",
    "Person.sourcedId",
    "ResourceLink.id",
    "ResourceLink.title",
    "User.id",
}

plain = Accent(
    name="plain",
    label="no LMS in particular",
    product="sandbox",
    opens_for_account=True,
    service_query=True,
    grading=service_habits.PLAIN_GRADING,
    custom=Custom(variables=USUAL_VARIABLES | {"Moodle.Person.userGroupIds"}, adds_time_zone=True),
    registration=Registration(
        messages={RESOURCE_LINK: (), DEEP_LINKING: (), SUBMISSION_REVIEW: (), DATA_PRIVACY: ()},
    ),
)

moodle = Accent(
    name="moodle",
    label="Moodle 4.5",
    product="moodle",
    version="4.5.6 (Build: 20250811)",
    token_media_type="text/html",
    service_query=True,
    roster=service_habits.MOODLE_ROSTER,
    grading=service_habits.MOODLE_GRADING,
    login=Login(hint='{"cmid":"{link}","launchid":"{launch}"}', unsafe_status=404),
    token=Token(
        context_type="CourseSection",
        roles=role_names.MOODLE_LAUNCH,
        reviewed_names=False,
        observed=False,
        locale=False,
        username="ext",
        frame_size=False,
        roster_in_dialog=False,
    ),
    custom=Custom(
        variables=USUAL_VARIABLES - {"ResourceLink.id.history"} | {"Moodle.Person.userGroupIds"},
        valueless=Valueless.NULL,
        twice=True,
        server_zone="Europe/London",
    ),
    registration=Registration(
        refusal="text",
        messages={RESOURCE_LINK: (), DEEP_LINKING: ("ContentArea",)},
        kept_messages=frozenset({DEEP_LINKING}),
        domain_is_host=True,
        overstates_scope=True,
        cuts_custom_at_equals=True,
        activation="Activate",
        shown_at_once=False,
    ),
    dialog=Dialog(
        targets=("frame", "iframe", "window"),
        accept_lineitem=None,
        sends_data=False,
        asks_before_saving=True,
        keeps_label=False,
        keeps_target=False,
    ),
    copies=Copies(imports_remember=False, duplicates_lose_column=True),
    answers_messages=False,
)

# Placements by message, and for content: whether one may select several items there.
CANVAS_DIALOGS: Mapping[str, bool] = {
    "course_assignments_menu": True,
    "assignment_selection": False,
    "link_selection": False,
    "module_menu_modal": True,
    "editor_button": True,
}
CANVAS_MESSAGES: Mapping[str, tuple[str, ...]] = {
    RESOURCE_LINK: (
        "account_navigation",
        "assignment_selection",
        "course_navigation",
        "link_selection",
    ),
    DEEP_LINKING: tuple(CANVAS_DIALOGS),
}
CANVAS = "https://canvas.instructure.com/lti/"

canvas = Accent(
    name="canvas",
    label="Canvas",
    product="canvas",
    version="vCloud",
    issuer="https://canvas.instructure.com",
    scopes=(*SCOPES, NOTICES_SCOPE),
    roster=service_habits.CANVAS_ROSTER,
    grading=service_habits.CANVAS_GRADING,
    tokens=service_habits.CANVAS_TOKENS,
    login=Login(
        deployment_parameter="deployment_id",
        hint="eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.{launch}.{link}",
        extras={"canvas_region": "us-east-1", "canvas_environment": "production"},
        storage_target="post_message_forwarding",
    ),
    token=Token(
        lifetime=HOUR,
        azp=True,
        context_type=COURSE_OFFERING,
        roles=role_names.CANVAS_LAUNCH,
        underscores=False,
        frame_size=False,
        remarks=True,
    ),
    custom=Custom(
        variables=USUAL_VARIABLES - {"ResourceLink.id.history"}
        | {"Canvas.course.id", "Canvas.course.sectionIds", "Canvas.user.id"},
        valueless=Valueless.LITERAL,
    ),
    registration=Registration(
        token_opens_configuration=True,
        refusal="errors",
        refusal_status=422,
        members=frozenset(
            {
                "application_type",
                "client_name",
                "client_uri",
                "contacts",
                "grant_types",
                "initiate_login_uri",
                "jwks_uri",
                "logo_uri",
                "policy_uri",
                "redirect_uris",
                "response_types",
                "scope",
                "token_endpoint_auth_method",
                "tos_uri",
            }
        ),
        configuration_members=frozenset(
            {
                "claims",
                "custom_parameters",
                "description",
                "domain",
                "messages",
                "secondary_domains",
                "target_link_uri",
                CANVAS + "privacy_level",
                CANVAS + "tool_id",
                CANVAS + "vendor",
            }
        ),
        message_members=frozenset(
            {
                "custom_parameters",
                "icon_uri",
                "label",
                "placements",
                "roles",
                "target_link_uri",
                "type",
                CANVAS + "course_navigation/default_enabled",
                CANVAS + "display_type",
                CANVAS + "launch_height",
                CANVAS + "launch_width",
                CANVAS + "visibility",
            }
        ),
        messages=CANVAS_MESSAGES,
        needs_placements=True,
        custom_is_text=True,
        privacy_member=CANVAS + "privacy_level",
        client_id="1{digits:013}",
        deployment_id="{number}:{digest}",
        answers_deployment=False,
        activation="Review and enable",
    ),
    dialog=Dialog(placements=CANVAS_DIALOGS),
    notices=(HELLO_WORLD, CONTEXT_COPY),
    reviews=False,
    opens_for_account=True,
)

blackboard = Accent(
    name="blackboard",
    label="Blackboard Learn",
    product="BlackboardLearn",
    version="3900.11.0",
    issuer="https://blackboard.com",
    group_sets=True,
    scopes=(
        NRPS_SCOPE,
        LINE_ITEM_SCOPE,
        RESULT_SCOPE,
        SCORE_SCOPE,
        GROUPS_SCOPE,
        *LINKS_SCOPES,
    ),
    roster=service_habits.BLACKBOARD_ROSTER,
    grading=service_habits.BLACKBOARD_GRADING,
    tokens=service_habits.BLACKBOARD_TOKENS,
    login=Login(
        method="get",
        hint="eyJhbGciOiJIUzI1NiJ9.{launch}.{link}",
        storage_target="_parent",
    ),
    token=Token(
        lifetime=HOUR,
        context_type=COURSE_OFFERING,
        roles=role_names.BLACKBOARD,
        observed=False,
        underscores=False,
        frame_size=False,
    ),
    custom=Custom(variables=USUAL_VARIABLES, valueless=Valueless.LITERAL),
    registration=Registration(
        messages={RESOURCE_LINK: (), DEEP_LINKING: ()},
        client_id="{uuid}",
        deployment_id="{uuid}",
        answers_deployment=False,
        activation="Deploy for this institution",
    ),
    dialog=Dialog(
        accept_types=(LINK_ITEM, "file", "html", "image", "link"),
        targets=("embed", "iframe", "window"),
    ),
)

brightspace = Accent(
    name="brightspace",
    label="Brightspace",
    product="desire2learn",
    version="20.26.7",
    token_audience="https://api.brightspace.com/auth/token",
    notices=(HELLO_WORLD, CONTEXT_COPY),
    scopes=(*SCOPES, NOTICES_SCOPE),
    roster=service_habits.BRIGHTSPACE_ROSTER,
    grading=service_habits.BRIGHTSPACE_GRADING,
    login=Login(hint="{launch}", storage_target="_parent", storage_prefix="org.imsglobal."),
    token=Token(
        lifetime=HOUR // 2,
        not_before=True,
        context_type=COURSE_OFFERING,
        roles=role_names.BRIGHTSPACE_LAUNCH,
        observed=False,
        locale=False,
        underscores=False,
        frame_size=False,
    ),
    custom=Custom(variables=USUAL_VARIABLES, valueless=Valueless.LITERAL),
    registration=Registration(
        sends_token=False,
        messages={RESOURCE_LINK: (), DEEP_LINKING: ()},
        client_id="{uuid}",
        deployment_id="{uuid}",
        answers_deployment=False,
        activation="Enable and deploy",
    ),
)

sakai = Accent(
    name="sakai",
    label="Sakai",
    product="sakai",
    version="25.0",
    configured_product="sakailms.org",
    group_paging=service_habits.SAKAI_GROUPS,
    scopes=(*SCOPES, GROUPS_SCOPE),
    roster=service_habits.SAKAI_ROSTER,
    grading=service_habits.SAKAI_GRADING,
    tokens=service_habits.SAKAI_TOKENS,
    login=Login(method="get", hint="{launch}", storage_target="_parent"),
    token=Token(
        lifetime=HOUR,
        context_type=COURSE_OFFERING,
        roles=role_names.SAKAI_LAUNCH,
        observed=False,
        frame_size=False,
    ),
    custom=Custom(variables=USUAL_VARIABLES, valueless=Valueless.LITERAL),
    registration=Registration(
        messages={RESOURCE_LINK: (), DEEP_LINKING: (), SUBMISSION_REVIEW: (), DATA_PRIVACY: ()},
        client_id="{uuid}",
        deployment_id="{number}",
    ),
)

openedx = Accent(
    name="openedx",
    label="Open edX",
    product="",
    version="",
    scopes=(NRPS_SCOPE, LINE_ITEM_READ_SCOPE, RESULT_SCOPE, SCORE_SCOPE),
    roster=service_habits.OPENEDX_ROSTER,
    grading=service_habits.OPENEDX_GRADING,
    login=Login(method="get", hint="{launch}"),
    token=Token(
        lifetime=HOUR,
        azp=True,
        context_type=COURSE_OFFERING,
        roles=role_names.OPENEDX_LAUNCH,
        observed=False,
        locale=False,
        username="preferred_username",
        given_names=False,
        frame_size=False,
    ),
    custom=Custom(valueless=Valueless.LITERAL),
    reviews=False,
    answers_messages=False,
    registration=Registration(offered=False, client_id="{uuid}", deployment_id="1"),
)

ACCENTS: Mapping[str, Accent] = {
    each.name: each for each in (plain, moodle, canvas, blackboard, brightspace, sakai, openedx)
}
