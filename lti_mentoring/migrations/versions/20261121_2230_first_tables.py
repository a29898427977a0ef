"""First tables.

Every table of the first version, each with its indexes and constraints.
"""

import sqlalchemy as sa
from alembic import op

revision = "20261121_first"
down_revision = None
branch_labels = None
depends_on = None

LIVE = "state IN ('proposed', 'trial', 'active', 'paused', 'interrupted', 'suspended', 'closing')"


def platform() -> None:
    op.create_table(
        "platform",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("product", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform")),
    )


def platform_key_set() -> None:
    op.create_table(
        "platform_key_set",
        sa.Column("url", sa.String(length=1024), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_platform_key_set")),
    )


def tool_key() -> None:
    op.create_table(
        "tool_key",
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("private_pem_encrypted", sa.Text(), nullable=False),
        sa.Column("public_jwk", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_tool_key")),
    )


def registration() -> None:
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("auth_url", sa.Text(), nullable=False),
        sa.Column("token_url", sa.Text(), nullable=False),
        sa.Column("jwks_url", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=True),
        sa.Column("trusted_audiences", sa.Text(), nullable=False),
        sa.Column("admits_deployments", sa.Boolean(), nullable=False),
        sa.Column("admits_administrators", sa.Boolean(), nullable=False),
        sa.Column("shows_observers", sa.Boolean(), nullable=False),
        sa.Column("role_overrides", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platform.id"], name=op.f("fk_registration_platform_id_platform")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("issuer", "client_id", name=op.f("uq_registration_issuer_client_id")),
    )
    op.create_index(
        op.f("ix_registration_platform_id"), "registration", ["platform_id"], unique=False
    )


def registration_invite() -> None:
    op.create_table(
        "registration_invite",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("approves", sa.Boolean(), nullable=False),
        sa.Column("own_host", sa.String(length=255), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_registration_invite_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_invite")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_registration_invite_token_hash")),
    )
    op.create_index(
        op.f("ix_registration_invite_registration_id"),
        "registration_invite",
        ["registration_id"],
        unique=False,
    )


def access_token() -> None:
    op.create_table(
        "access_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("scopes", sa.String(length=768), nullable=False),
        sa.Column("granted", sa.String(length=1024), nullable=False),
        sa.Column("token_encrypted", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_access_token_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint(
            "registration_id", "scopes", name=op.f("uq_access_token_registration_id_scopes")
        ),
    )
    op.create_index(
        op.f("ix_access_token_registration_id"), "access_token", ["registration_id"], unique=False
    )


def deployment() -> None:
    op.create_table(
        "deployment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("lti_id", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("notices_url", sa.Text(), nullable=True),
        sa.Column("notices_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_deployment_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
        sa.UniqueConstraint(
            "registration_id", "lti_id", name=op.f("uq_deployment_registration_id_lti_id")
        ),
    )
    op.create_index(
        op.f("ix_deployment_registration_id"), "deployment", ["registration_id"], unique=False
    )


def used_state() -> None:
    op.create_table(
        "used_state",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_used_state")),
        sqlite_with_rowid=False,
    )


def waiting_launch() -> None:
    op.create_table(
        "waiting_launch",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=32), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.Column("waits_since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_waiting_launch_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_waiting_launch")),
    )
    op.create_index(
        op.f("ix_waiting_launch_registration_id"),
        "waiting_launch",
        ["registration_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waiting_launch_waits_since"), "waiting_launch", ["waits_since"], unique=False
    )


def platform_user() -> None:
    op.create_table(
        "platform_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("given_name", sa.String(length=255), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("former_subject", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_platform_user_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_user")),
        sa.UniqueConstraint(
            "registration_id", "subject", name=op.f("uq_platform_user_registration_id_subject")
        ),
    )
    op.create_index(
        op.f("ix_platform_user_registration_id"), "platform_user", ["registration_id"], unique=False
    )


def refused_launch() -> None:
    op.create_table(
        "refused_launch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("incident", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_refused_launch_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_launch")),
    )
    op.create_index(op.f("ix_refused_launch_at"), "refused_launch", ["at"], unique=False)
    op.create_index(
        "ix_refused_launch_registration_id_at",
        "refused_launch",
        ["registration_id", "at"],
        unique=False,
    )


def course() -> None:
    op.create_table(
        "course",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("context_id", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("label", sa.String(length=255), nullable=False),
        sa.Column("memberships_url", sa.Text(), nullable=True),
        sa.Column("groups_url", sa.Text(), nullable=True),
        sa.Column("groups", sa.Text(), nullable=False),
        sa.Column("line_items_url", sa.Text(), nullable=True),
        sa.Column("ags_scopes", sa.Text(), nullable=False),
        sa.Column("links_url", sa.Text(), nullable=True),
        sa.Column("links_scopes", sa.Text(), nullable=False),
        sa.Column("roster_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("copied_from_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["copied_from_id"], ["course.id"], name=op.f("fk_course_copied_from_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_course_deployment_id_deployment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint(
            "deployment_id", "context_id", name=op.f("uq_course_deployment_id_context_id")
        ),
    )
    op.create_index(op.f("ix_course_copied_from_id"), "course", ["copied_from_id"], unique=False)
    op.create_index(op.f("ix_course_deployment_id"), "course", ["deployment_id"], unique=False)


def membership() -> None:
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("is_test_user", sa.Boolean(), nullable=False),
        sa.Column("groups", sa.Text(), nullable=False),
        sa.Column("launch_role", sa.String(length=32), nullable=True),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("roster_role", sa.String(length=32), nullable=True),
        sa.Column("roster_role_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("roster_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_membership_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["platform_user.id"], name=op.f("fk_membership_user_id_platform_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("course_id", "user_id", name=op.f("uq_membership_course_id_user_id")),
    )
    op.create_index(op.f("ix_membership_course_id"), "membership", ["course_id"], unique=False)
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)


def observation() -> None:
    op.create_table(
        "observation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("observer_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["membership.id"], name=op.f("fk_observation_learner_id_membership")
        ),
        sa.ForeignKeyConstraint(
            ["observer_id"], ["membership.id"], name=op.f("fk_observation_observer_id_membership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
        sa.UniqueConstraint(
            "observer_id", "learner_id", name=op.f("uq_observation_observer_id_learner_id")
        ),
    )
    op.create_index(op.f("ix_observation_learner_id"), "observation", ["learner_id"], unique=False)
    op.create_index(
        op.f("ix_observation_observer_id"), "observation", ["observer_id"], unique=False
    )


def program() -> None:
    op.create_table(
        "program",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("preset", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("objectives", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("audience_groups", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("cadence", sa.String(length=32), nullable=False),
        sa.Column("session_target", sa.Integer(), nullable=False),
        sa.Column("session_length_minutes", sa.Integer(), nullable=False),
        sa.Column("mentor_source", sa.String(length=32), nullable=False),
        sa.Column("pairing_method", sa.String(length=32), nullable=False),
        sa.Column("pairing_groups", sa.String(length=32), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("trial_days", sa.Integer(), nullable=False),
        sa.Column("trial_sessions", sa.Integer(), nullable=False),
        sa.Column("posts_engagement", sa.Boolean(), nullable=False),
        sa.Column("posts_completion", sa.Boolean(), nullable=False),
        sa.Column("mentors_see_engagement", sa.Boolean(), nullable=False),
        sa.Column("setup_step", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_program_ends_after_start")),
        sa.CheckConstraint(
            "session_target BETWEEN 1 AND 60", name=op.f("ck_program_session_target")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_program_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
    )
    op.create_index(op.f("ix_program_course_id"), "program", ["course_id"], unique=False)
    op.create_index(
        "uq_program_open",
        "program",
        ["course_id"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('closed', 'cancelled')"),
        postgresql_where=sa.text("state NOT IN ('closed', 'cancelled')"),
    )


def resource_link() -> None:
    op.create_table(
        "resource_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("lti_id", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("line_item_url", sa.Text(), nullable=True),
        sa.Column("content_item_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_item_id"],
            ["content_item.id"],
            name=op.f("fk_resource_link_content_item_id_content_item"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_resource_link_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name=op.f("fk_resource_link_deployment_id_deployment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_link")),
        sa.UniqueConstraint(
            "deployment_id", "lti_id", name=op.f("uq_resource_link_deployment_id_lti_id")
        ),
    )
    op.create_index(
        op.f("ix_resource_link_content_item_id"),
        "resource_link",
        ["content_item_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_resource_link_course_id"), "resource_link", ["course_id"], unique=False
    )
    op.create_index(
        op.f("ix_resource_link_deployment_id"), "resource_link", ["deployment_id"], unique=False
    )


def roster_sync() -> None:
    op.create_table(
        "roster_sync",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("accepts_removals", sa.Boolean(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.Column("added_count", sa.Integer(), nullable=False),
        sa.Column("changed_count", sa.Integer(), nullable=False),
        sa.Column("removed_count", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_roster_sync_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_sync")),
    )
    op.create_index(op.f("ix_roster_sync_course_id"), "roster_sync", ["course_id"], unique=False)
    op.create_index("ix_roster_sync_due", "roster_sync", ["state", "next_at"], unique=False)
    op.create_index(
        "uq_roster_sync_waiting",
        "roster_sync",
        ["course_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('due', 'running')"),
        postgresql_where=sa.text("state IN ('due', 'running')"),
    )


def activity() -> None:
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column("noun", sa.String(length=32), nullable=False),
        sa.Column("noun_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_activity_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_activity_membership_id_membership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index(op.f("ix_activity_course_id"), "activity", ["course_id"], unique=False)
    op.create_index(op.f("ix_activity_membership_id"), "activity", ["membership_id"], unique=False)
    op.create_index("ix_activity_noun_noun_id", "activity", ["noun", "noun_id"], unique=False)


def agreement() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_agreement_program_id_program")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint(
            "program_id", "version_number", name=op.f("uq_agreement_program_id_version_number")
        ),
    )
    op.create_index(op.f("ix_agreement_program_id"), "agreement", ["program_id"], unique=False)


def draft() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_draft_membership_id_membership")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("membership_id", "path", name=op.f("uq_draft_membership_id_path")),
    )
    op.create_index(op.f("ix_draft_membership_id"), "draft", ["membership_id"], unique=False)


def engagement_rubric() -> None:
    op.create_table(
        "engagement_rubric",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("gates", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_engagement_rubric_program_id_program")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement_rubric")),
        sa.UniqueConstraint(
            "program_id",
            "version_number",
            name=op.f("uq_engagement_rubric_program_id_version_number"),
        ),
    )
    op.create_index(
        op.f("ix_engagement_rubric_program_id"), "engagement_rubric", ["program_id"], unique=False
    )


def line_item() -> None:
    op.create_table(
        "line_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("resource_link_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("score_maximum", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_url", sa.Text(), nullable=True),
        sa.Column("remade_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unwanted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_line_item_program_id_program")
        ),
        sa.ForeignKeyConstraint(
            ["resource_link_id"],
            ["resource_link.id"],
            name=op.f("fk_line_item_resource_link_id_resource_link"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_item")),
        sa.UniqueConstraint("program_id", "kind", name=op.f("uq_line_item_program_id_kind")),
    )
    op.create_index(op.f("ix_line_item_program_id"), "line_item", ["program_id"], unique=False)
    op.create_index(
        op.f("ix_line_item_resource_link_id"), "line_item", ["resource_link_id"], unique=False
    )


def participant() -> None:
    op.create_table(
        "participant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("fit_priority", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_participant_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_participant_program_id_program")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sa.UniqueConstraint(
            "program_id",
            "membership_id",
            "role",
            name=op.f("uq_participant_program_id_membership_id_role"),
        ),
    )
    op.create_index(
        op.f("ix_participant_membership_id"), "participant", ["membership_id"], unique=False
    )
    op.create_index(op.f("ix_participant_program_id"), "participant", ["program_id"], unique=False)


def program_break() -> None:
    op.create_table(
        "program_break",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_program_break_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_program_break_program_id_program")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_break")),
    )
    op.create_index(
        op.f("ix_program_break_program_id"), "program_break", ["program_id"], unique=False
    )


def sign_in() -> None:
    op.create_table(
        "sign_in",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("resource_link_id", sa.Integer(), nullable=True),
        sa.Column("content_item_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=True),
        sa.Column("return_url", sa.Text(), nullable=True),
        sa.Column("frame_origins", sa.Text(), nullable=False),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("administers", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_item_id"],
            ["content_item.id"],
            name=op.f("fk_sign_in_content_item_id_content_item"),
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_sign_in_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(
            ["resource_link_id"],
            ["resource_link.id"],
            name=op.f("fk_sign_in_resource_link_id_resource_link"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_sign_in_membership_id"), "sign_in", ["membership_id"], unique=False)
    op.create_index(op.f("ix_sign_in_seen_at"), "sign_in", ["seen_at"], unique=False)


def topic() -> None:
    op.create_table(
        "topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_topic_program_id_program")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("program_id", "name", name=op.f("uq_topic_program_id_name")),
    )
    op.create_index(op.f("ix_topic_program_id"), "topic", ["program_id"], unique=False)


def availability_window() -> None:
    op.create_table(
        "availability_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "start_minute >= 0 AND end_minute <= 1440 AND end_minute > start_minute",
            name=op.f("ck_availability_window_minutes"),
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_availability_window_weekday")),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_availability_window_participant_id_participant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_window")),
        sa.UniqueConstraint(
            "participant_id",
            "weekday",
            "start_minute",
            name=op.f("uq_availability_window_participant_id_weekday_start_minute"),
        ),
    )
    op.create_index(
        op.f("ix_availability_window_participant_id"),
        "availability_window",
        ["participant_id"],
        unique=False,
    )


def closing() -> None:
    op.create_table(
        "closing",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("takeaway", sa.Text(), nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_shown_to_staff", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_closing_participant_id_participant"),
        ),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_closing")),
    )


def engagement_event() -> None:
    op.create_table(
        "engagement_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("component", sa.String(length=32), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "credit BETWEEN -10000 AND 10000", name=op.f("ck_engagement_event_credit")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_engagement_event_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"],
            ["engagement_event.id"],
            name=op.f("fk_engagement_event_reverses_id_engagement_event"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement_event")),
    )
    op.create_index(
        op.f("ix_engagement_event_participant_id"),
        "engagement_event",
        ["participant_id"],
        unique=False,
    )
    op.create_index(
        "uq_engagement_event_reverses", "engagement_event", ["reverses_id"], unique=True
    )
    op.create_index(
        "uq_engagement_event_source",
        "engagement_event",
        ["participant_id", "component", "source"],
        unique=True,
        sqlite_where=sa.text("reverses_id IS NULL"),
        postgresql_where=sa.text("reverses_id IS NULL"),
    )


def engagement_score() -> None:
    op.create_table(
        "engagement_score",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("rubric_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_engagement_score_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["rubric_id"],
            ["engagement_rubric.id"],
            name=op.f("fk_engagement_score_rubric_id_engagement_rubric"),
        ),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_engagement_score")),
    )
    op.create_index(
        op.f("ix_engagement_score_rubric_id"), "engagement_score", ["rubric_id"], unique=False
    )


def exemption() -> None:
    op.create_table(
        "exemption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("component", sa.String(length=32), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("private_note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_exemption_participant_id_participant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemption")),
    )
    op.create_index(
        op.f("ix_exemption_participant_id"), "exemption", ["participant_id"], unique=False
    )


def goal() -> None:
    op.create_table(
        "goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("visibility", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_shown_to_staff", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_goal_progress")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["participant.id"], name=op.f("fk_goal_owner_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["participant.id"], name=op.f("fk_goal_proposed_by_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
    )
    op.create_index(op.f("ix_goal_owner_id"), "goal", ["owner_id"], unique=False)
    op.create_index(op.f("ix_goal_proposed_by_id"), "goal", ["proposed_by_id"], unique=False)


def intake() -> None:
    op.create_table(
        "intake",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("goal_text", sa.Text(), nullable=False),
        sa.Column("modes", sa.JSON(), nullable=False),
        sa.Column("cadence", sa.String(length=32), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("next_step", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_intake_participant_id_participant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
        sa.UniqueConstraint("participant_id", name=op.f("uq_intake_participant_id")),
    )


def mentor_profile() -> None:
    op.create_table(
        "mentor_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("headline", sa.String(length=120), nullable=False),
        sa.Column("how_i_help", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("modes", sa.JSON(), nullable=False),
        sa.Column("cadence", sa.String(length=32), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity BETWEEN 0 AND 20", name=op.f("ck_mentor_profile_capacity")),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_mentor_profile_participant_id_participant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_profile")),
        sa.UniqueConstraint("participant_id", name=op.f("uq_mentor_profile_participant_id")),
    )


def mentor_request() -> None:
    op.create_table(
        "mentor_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mentee_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("suggested_mentor_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decline_reason", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("rank BETWEEN 1 AND 5", name=op.f("ck_mentor_request_rank")),
        sa.ForeignKeyConstraint(
            ["mentee_id"], ["participant.id"], name=op.f("fk_mentor_request_mentee_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["participant.id"], name=op.f("fk_mentor_request_mentor_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["suggested_mentor_id"],
            ["participant.id"],
            name=op.f("fk_mentor_request_suggested_mentor_id_participant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentor_request")),
    )
    op.create_index(
        "ix_mentor_request_due", "mentor_request", ["state", "expires_at"], unique=False
    )
    op.create_index(
        op.f("ix_mentor_request_mentee_id"), "mentor_request", ["mentee_id"], unique=False
    )
    op.create_index(
        op.f("ix_mentor_request_mentor_id"), "mentor_request", ["mentor_id"], unique=False
    )
    op.create_index(
        op.f("ix_mentor_request_suggested_mentor_id"),
        "mentor_request",
        ["suggested_mentor_id"],
        unique=False,
    )
    op.create_index(
        "uq_mentor_request_open",
        "mentor_request",
        ["mentee_id", "mentor_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('drafted', 'sent')"),
        postgresql_where=sa.text("state IN ('drafted', 'sent')"),
    )
    op.create_index(
        "uq_mentor_request_sent",
        "mentor_request",
        ["mentee_id"],
        unique=True,
        sqlite_where=sa.text("state = 'sent'"),
        postgresql_where=sa.text("state = 'sent'"),
    )


def pairing() -> None:
    op.create_table(
        "pairing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("mentee_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trial_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= created_at", name=op.f("ck_pairing_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["mentee_id"], ["participant.id"], name=op.f("fk_pairing_mentee_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["participant.id"], name=op.f("fk_pairing_mentor_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_pairing_program_id_program")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing")),
    )
    op.create_index(op.f("ix_pairing_mentee_id"), "pairing", ["mentee_id"], unique=False)
    op.create_index(op.f("ix_pairing_mentor_id"), "pairing", ["mentor_id"], unique=False)
    op.create_index(op.f("ix_pairing_program_id"), "pairing", ["program_id"], unique=False)
    op.create_index(
        "uq_pairing_live_mentee",
        "pairing",
        ["mentee_id"],
        unique=True,
        sqlite_where=sa.text(LIVE),
        postgresql_where=sa.text(LIVE),
    )


def score_publication() -> None:
    op.create_table(
        "score_publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_item_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("score_given", sa.BigInteger(), nullable=False),
        sa.Column("score_maximum", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.String(length=255), nullable=False),
        sa.Column("activity_progress", sa.String(length=32), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_score", sa.BigInteger(), nullable=True),
        sa.Column("sent_maximum", sa.BigInteger(), nullable=True),
        sa.Column("sent_scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unsettled", sa.Text(), nullable=False),
        sa.Column("lms_score", sa.BigInteger(), nullable=True),
        sa.Column("lms_maximum", sa.BigInteger(), nullable=True),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scored_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("score_given >= 0", name=op.f("ck_score_publication_score_given")),
        sa.CheckConstraint("score_maximum > 0", name=op.f("ck_score_publication_score_maximum")),
        sa.ForeignKeyConstraint(
            ["line_item_id"],
            ["line_item.id"],
            name=op.f("fk_score_publication_line_item_id_line_item"),
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_score_publication_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["scored_by_id"],
            ["platform_user.id"],
            name=op.f("fk_score_publication_scored_by_id_platform_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_publication")),
        sa.UniqueConstraint(
            "line_item_id",
            "participant_id",
            name=op.f("uq_score_publication_line_item_id_participant_id"),
        ),
    )
    op.create_index(
        "ix_score_publication_due", "score_publication", ["state", "next_at"], unique=False
    )
    op.create_index(
        op.f("ix_score_publication_line_item_id"),
        "score_publication",
        ["line_item_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_score_publication_participant_id"),
        "score_publication",
        ["participant_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_score_publication_scored_by_id"),
        "score_publication",
        ["scored_by_id"],
        unique=False,
    )


def topic_offer() -> None:
    op.create_table(
        "topic_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.CheckConstraint("strength BETWEEN 1 AND 3", name=op.f("ck_topic_offer_strength")),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_topic_offer_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_topic_offer_topic_id_topic")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_offer")),
        sa.UniqueConstraint(
            "participant_id", "topic_id", name=op.f("uq_topic_offer_participant_id_topic_id")
        ),
    )
    op.create_index(
        op.f("ix_topic_offer_participant_id"), "topic_offer", ["participant_id"], unique=False
    )
    op.create_index(op.f("ix_topic_offer_topic_id"), "topic_offer", ["topic_id"], unique=False)


def topic_want() -> None:
    op.create_table(
        "topic_want",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("importance", sa.Integer(), nullable=False),
        sa.CheckConstraint("importance BETWEEN 1 AND 3", name=op.f("ck_topic_want_importance")),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_topic_want_participant_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_topic_want_topic_id_topic")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_want")),
        sa.UniqueConstraint(
            "participant_id", "topic_id", name=op.f("uq_topic_want_participant_id_topic_id")
        ),
    )
    op.create_index(
        op.f("ix_topic_want_participant_id"), "topic_want", ["participant_id"], unique=False
    )
    op.create_index(op.f("ix_topic_want_topic_id"), "topic_want", ["topic_id"], unique=False)


def agreement_signature() -> None:
    op.create_table(
        "agreement_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("pairing_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("signed_name", sa.String(length=255), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
            name=op.f("fk_agreement_signature_agreement_id_agreement"),
        ),
        sa.ForeignKeyConstraint(
            ["pairing_id"], ["pairing.id"], name=op.f("fk_agreement_signature_pairing_id_pairing")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_agreement_signature_participant_id_participant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_signature")),
        sa.UniqueConstraint(
            "agreement_id",
            "pairing_id",
            "participant_id",
            name=op.f("uq_agreement_signature_agreement_id_pairing_id_participant_id"),
        ),
    )
    op.create_index(
        op.f("ix_agreement_signature_agreement_id"),
        "agreement_signature",
        ["agreement_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_agreement_signature_pairing_id"),
        "agreement_signature",
        ["pairing_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_agreement_signature_participant_id"),
        "agreement_signature",
        ["participant_id"],
        unique=False,
    )


def fit_check() -> None:
    op.create_table(
        "fit_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pairing_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pairing_id"], ["pairing.id"], name=op.f("fk_fit_check_pairing_id_pairing")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_fit_check_participant_id_participant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fit_check")),
        sa.UniqueConstraint(
            "pairing_id", "participant_id", name=op.f("uq_fit_check_pairing_id_participant_id")
        ),
    )
    op.create_index(op.f("ix_fit_check_pairing_id"), "fit_check", ["pairing_id"], unique=False)
    op.create_index(
        op.f("ix_fit_check_participant_id"), "fit_check", ["participant_id"], unique=False
    )


def goal_entry() -> None:
    op.create_table(
        "goal_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["participant.id"], name=op.f("fk_goal_entry_author_id_participant")
        ),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_entry_goal_id_goal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_entry")),
    )
    op.create_index(op.f("ix_goal_entry_author_id"), "goal_entry", ["author_id"], unique=False)
    op.create_index(op.f("ix_goal_entry_goal_id"), "goal_entry", ["goal_id"], unique=False)


def mentoring_session() -> None:
    op.create_table(
        "mentoring_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pairing_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("length_minutes", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("join_url", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=255), nullable=False),
        sa.Column("shared_notes", sa.Text(), nullable=False),
        sa.Column("round_count", sa.Integer(), nullable=False),
        sa.Column("cancelled_by_id", sa.Integer(), nullable=True),
        sa.Column("moved_from_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "length_minutes BETWEEN 5 AND 480", name=op.f("ck_mentoring_session_length")
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"],
            ["participant.id"],
            name=op.f("fk_mentoring_session_cancelled_by_id_participant"),
        ),
        sa.ForeignKeyConstraint(
            ["moved_from_id"],
            ["mentoring_session.id"],
            name=op.f("fk_mentoring_session_moved_from_id_mentoring_session"),
        ),
        sa.ForeignKeyConstraint(
            ["pairing_id"], ["pairing.id"], name=op.f("fk_mentoring_session_pairing_id_pairing")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["participant.id"],
            name=op.f("fk_mentoring_session_proposed_by_id_participant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_session")),
    )
    op.create_index(
        op.f("ix_mentoring_session_cancelled_by_id"),
        "mentoring_session",
        ["cancelled_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_mentoring_session_moved_from_id"),
        "mentoring_session",
        ["moved_from_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_mentoring_session_pairing_id"), "mentoring_session", ["pairing_id"], unique=False
    )
    op.create_index(
        op.f("ix_mentoring_session_proposed_by_id"),
        "mentoring_session",
        ["proposed_by_id"],
        unique=False,
    )
    op.create_index(
        "ix_mentoring_session_state_starts_at",
        "mentoring_session",
        ["state", "starts_at"],
        unique=False,
    )


def milestone() -> None:
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_milestone_goal_id_goal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    op.create_index(op.f("ix_milestone_goal_id"), "milestone", ["goal_id"], unique=False)


def action_item() -> None:
    op.create_table(
        "action_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=True),
        sa.Column("pairing_id", sa.Integer(), nullable=True),
        sa.Column("mentoring_session_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_action_item_goal_id_goal")),
        sa.ForeignKeyConstraint(
            ["mentoring_session_id"],
            ["mentoring_session.id"],
            name=op.f("fk_action_item_mentoring_session_id_mentoring_session"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["participant.id"], name=op.f("fk_action_item_owner_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["pairing_id"], ["pairing.id"], name=op.f("fk_action_item_pairing_id_pairing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_item")),
    )
    op.create_index(op.f("ix_action_item_goal_id"), "action_item", ["goal_id"], unique=False)
    op.create_index(
        op.f("ix_action_item_mentoring_session_id"),
        "action_item",
        ["mentoring_session_id"],
        unique=False,
    )
    op.create_index(op.f("ix_action_item_owner_id"), "action_item", ["owner_id"], unique=False)
    op.create_index(op.f("ix_action_item_pairing_id"), "action_item", ["pairing_id"], unique=False)


def agenda_item() -> None:
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mentoring_session_id", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["participant.id"], name=op.f("fk_agenda_item_added_by_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["mentoring_session_id"],
            ["mentoring_session.id"],
            name=op.f("fk_agenda_item_mentoring_session_id_mentoring_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
    )
    op.create_index(
        op.f("ix_agenda_item_added_by_id"), "agenda_item", ["added_by_id"], unique=False
    )
    op.create_index(
        op.f("ix_agenda_item_mentoring_session_id"),
        "agenda_item",
        ["mentoring_session_id"],
        unique=False,
    )


def attendance_report() -> None:
    op.create_table(
        "attendance_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mentoring_session_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["mentoring_session_id"],
            ["mentoring_session.id"],
            name=op.f("fk_attendance_report_mentoring_session_id_mentoring_session"),
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"],
            ["participant.id"],
            name=op.f("fk_attendance_report_reporter_id_participant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_report")),
        sa.UniqueConstraint(
            "mentoring_session_id",
            "reporter_id",
            name=op.f("uq_attendance_report_mentoring_session_id_reporter_id"),
        ),
    )
    op.create_index(
        op.f("ix_attendance_report_mentoring_session_id"),
        "attendance_report",
        ["mentoring_session_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_attendance_report_reporter_id"), "attendance_report", ["reporter_id"], unique=False
    )


def note() -> None:
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mentoring_session_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("visibility", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_shown_to_staff", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["participant.id"], name=op.f("fk_note_author_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["mentoring_session_id"],
            ["mentoring_session.id"],
            name=op.f("fk_note_mentoring_session_id_mentoring_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.UniqueConstraint(
            "mentoring_session_id", "author_id", name=op.f("uq_note_mentoring_session_id_author_id")
        ),
    )
    op.create_index(op.f("ix_note_author_id"), "note", ["author_id"], unique=False)
    op.create_index(
        op.f("ix_note_mentoring_session_id"), "note", ["mentoring_session_id"], unique=False
    )


def administrator_visit() -> None:
    op.create_table(
        "administrator_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("opens_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_administrator_visit_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_administrator_visit_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administrator_visit")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_administrator_visit_code_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_administrator_visit_token_hash")),
    )
    for name in ("membership_id", "registration_id", "seen_at"):
        op.create_index(
            op.f(f"ix_administrator_visit_{name}"), "administrator_visit", [name], unique=False
        )


def content_item() -> None:
    op.create_table(
        "content_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("is_programs", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_content_item_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["membership.id"],
            name=op.f("fk_content_item_created_by_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_content_item_program_id_program")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_item")),
        sa.UniqueConstraint("key", name=op.f("uq_content_item_key")),
    )
    for column in ("course_id", "created_by_id", "program_id"):
        op.create_index(op.f(f"ix_content_item_{column}"), "content_item", [column], unique=False)


def deep_linking_request() -> None:
    op.create_table(
        "deep_linking_request",
        sa.Column("sign_in_key", sa.String(length=16), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["sign_in_key"],
            ["sign_in.key"],
            name=op.f("fk_deep_linking_request_sign_in_key_sign_in"),
        ),
        sa.PrimaryKeyConstraint("sign_in_key", name=op.f("pk_deep_linking_request")),
    )
    op.create_index(
        op.f("ix_deep_linking_request_asked_at"), "deep_linking_request", ["asked_at"], unique=False
    )


def platform_pace() -> None:
    op.create_table(
        "platform_pace",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("throttles", sa.Integer(), nullable=False),
        sa.Column("resume_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calm_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("turn_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("budget", sa.Integer(), nullable=True),
        sa.Column("remaining", sa.Integer(), nullable=True),
        sa.Column("resets_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_platform_pace_registration_id_registration"),
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_platform_pace")),
    )


def roster_differences() -> None:
    op.create_table(
        "roster_differences",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("memberships_url", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whole_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_a_row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_roster_differences_course_id_course")
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_roster_differences")),
    )


def link_roster() -> None:
    op.create_table(
        "link_roster",
        sa.Column("resource_link_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opener_count", sa.Integer(), nullable=False),
        sa.Column("learner_count", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resource_link_id"],
            ["resource_link.id"],
            name=op.f("fk_link_roster_resource_link_id_resource_link"),
        ),
        sa.PrimaryKeyConstraint("resource_link_id", name=op.f("pk_link_roster")),
    )
    op.create_index(op.f("ix_link_roster_due_at"), "link_roster", ["due_at"], unique=False)


def link_exclusion() -> None:
    op.create_table(
        "link_exclusion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_link_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["membership.id"],
            name=op.f("fk_link_exclusion_membership_id_membership"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_link_id"],
            ["resource_link.id"],
            name=op.f("fk_link_exclusion_resource_link_id_resource_link"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_exclusion")),
        sa.UniqueConstraint(
            "resource_link_id",
            "membership_id",
            name=op.f("uq_link_exclusion_resource_link_id_membership_id"),
        ),
    )
    op.create_index(
        op.f("ix_link_exclusion_membership_id"), "link_exclusion", ["membership_id"], unique=False
    )
    op.create_index(
        op.f("ix_link_exclusion_resource_link_id"),
        "link_exclusion",
        ["resource_link_id"],
        unique=False,
    )


def course_link() -> None:
    op.create_table(
        "course_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("lti_id", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("our_title", sa.String(length=255), nullable=True),
        sa.Column("content_key", sa.String(length=64), nullable=False),
        sa.Column("fixed", sa.Text(), nullable=False),
        sa.Column("wanted_title", sa.String(length=255), nullable=True),
        sa.Column("wants_program", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_course_link_course_id_course")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_link")),
        sa.UniqueConstraint("course_id", "address", name=op.f("uq_course_link_course_id_address")),
    )
    op.create_index(op.f("ix_course_link_course_id"), "course_link", ["course_id"], unique=False)


def course_links_reading() -> None:
    op.create_table(
        "course_links_reading",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_course_links_reading_course_id_course")
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_links_reading")),
    )
    op.create_index(
        op.f("ix_course_links_reading_due_at"), "course_links_reading", ["due_at"], unique=False
    )


# Each table after those that it points to.
TABLES = (
    platform,
    platform_key_set,
    tool_key,
    registration,
    registration_invite,
    access_token,
    deployment,
    used_state,
    waiting_launch,
    platform_user,
    refused_launch,
    course,
    membership,
    observation,
    program,
    content_item,
    resource_link,
    roster_sync,
    activity,
    agreement,
    draft,
    engagement_rubric,
    line_item,
    participant,
    program_break,
    sign_in,
    topic,
    availability_window,
    closing,
    engagement_event,
    engagement_score,
    exemption,
    goal,
    intake,
    mentor_profile,
    mentor_request,
    pairing,
    score_publication,
    topic_offer,
    topic_want,
    agreement_signature,
    fit_check,
    goal_entry,
    mentoring_session,
    milestone,
    action_item,
    agenda_item,
    attendance_report,
    note,
    administrator_visit,
    deep_linking_request,
    platform_pace,
    roster_differences,
    link_roster,
    link_exclusion,
    course_link,
    course_links_reading,
)


def upgrade() -> None:
    for create in TABLES:
        create()


def downgrade() -> None:
    for create in reversed(TABLES):
        op.drop_table(create.__name__)
