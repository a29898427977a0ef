"""Which program a copied course could start from (LTI-70, LTI-84)."""

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lti_mentoring.models import ContentItem, Course, Membership, Program, ResourceLink
from lti_mentoring.policies.actor import Actor
from lti_mentoring.vocabulary import CourseRole, ProgramState


def former_program(db: Session, actor: Actor) -> Program | None:
    """The newest program of a course that the actor's course is a copy of; nothing if of none.

    The key of a placed link can hardly be guessed, so a link that has one is proof enough within
    a deployment. What the platform calls the history of a course may have been typed by a
    teacher: it is believed by those who have taught the former course too.
    """
    here, former = aliased(Course), aliased(Course)
    by_links = (
        select(ContentItem.course_id)
        .join(ResourceLink, ResourceLink.content_item_id == ContentItem.id)
        .join(former, former.id == ContentItem.course_id)
        .join(here, here.deployment_id == former.deployment_id)
        .where(here.id == actor.course_id, ResourceLink.course_id == actor.course_id)
    )
    by_history = (
        select(here.copied_from_id)
        .join(Membership, Membership.course_id == here.copied_from_id)
        .where(
            here.id == actor.course_id,
            Membership.user_id == actor.user_id,
            Membership.role == CourseRole.INSTRUCTOR,
        )
    )
    return db.scalar(
        select(Program)
        .where(
            Program.course_id.in_(by_links.union(by_history)),
            Program.course_id != actor.course_id,
            Program.state != ProgramState.CANCELLED,
        )
        .order_by(Program.id.desc())
        .limit(1)
    )
