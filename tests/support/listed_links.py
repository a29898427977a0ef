"""A course whose LMS lists the tool's links, from a canned platform."""

from sqlalchemy import select

from lti_mentoring.models import ContentItem, Course, CourseLink, CourseLinksReading, Program
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services import course_links
from lti_mentoring.vocabulary import ContentKind, CourseRole, Scope
from tests.support.background import worker_for
from tests.support.canned_platform import LMS, CannedPlatform
from tests.support.factories import actor_of, add, make_course, make_member, make_program

LINKS = "/links"
BOTH = f"{Scope.LINKS_READ} {Scope.LINKS_UPDATE}"


def make_item(db, program, teacher, number, *, kind=ContentKind.PROGRAM, is_programs=True, **facts):
    """Content that was placed with the program's name, unless told otherwise."""
    values = {"title": program.title, "created_at": program.created_at, **facts}
    return add(
        db,
        ContentItem(
            key=f"key-of-content-item-{number:04}",
            course_id=program.course_id,
            program_id=program.id,
            kind=kind,
            is_programs=is_programs,
            created_by_id=teacher.id,
            **values,
        ),
    )


class ListedLinks:
    """A course with a program named "Old name", its coordinator, and the LMS's list of links."""

    def __init__(self, database, settings):
        self.database, self.platform = database, CannedPlatform()
        self.worker = worker_for(database, settings, self.platform)
        with database.transaction() as db:
            course = make_course(db, links_url=f"{LMS}{LINKS}", links_scopes=BOTH)
            program = make_program(db, course, title="Old name")
            teacher = make_member(db, course, role=CourseRole.INSTRUCTOR, name="Maria Keller")
            self.actor: Actor = actor_of(db, teacher)
            self.course_id, self.teacher_id = course.id, teacher.id
            self.key = make_item(db, program, teacher, 1).key
        self.lists(self.link())

    def link(self, number=1, title="Old name", key=None, **facts):
        """A link as the LMS lists it, of the placed content unless told otherwise."""
        key = self.key if key is None else key
        return {
            "id": f"{LMS}{LINKS}/{number}",
            "type": "ltiResourceLink",
            "resourceLinkId": f"link-{number}",
            "title": title,
            "url": "https://tool.test/lti/launch" + (f"?content={key}" if key else ""),
            "custom": {"content": key, "week": "2"} if key else {},
            **facts,
        }

    def lists(self, *links):
        """From now on the LMS lists these, each at its own address too."""
        self.platform.instead(LINKS, body={"items": list(links)})
        for link in links:
            self.platform.instead(link["id"].removeprefix(LMS), body=link)

    def act(self, service, *args, actor=None):
        with self.database.transaction() as db:
            return service(db, actor or self.actor, *args)

    def ask(self):
        asked = self.act(course_links.ask)
        self.work()
        return asked

    def work(self):
        return self.worker.run_until_idle()

    def rename(self, title="New name"):
        """The coordinator gives the program another name."""
        with self.database.transaction() as db:
            db.scalars(select(Program)).one().title = title

    def allows(self, scopes):
        with self.database.transaction() as db:
            db.get_one(Course, self.course_id).links_scopes = scopes

    @property
    def rows(self):
        with self.database.reading() as db:
            return db.scalars(select(CourseLink).order_by(CourseLink.id)).all()

    @property
    def reading(self):
        with self.database.reading() as db:
            return db.get(CourseLinksReading, self.course_id)

    @property
    def written(self):
        """What was written back to the LMS, by address."""
        puts = [each for each in self.platform.asked if each.method == "PUT"]
        return [(each.path, each.json) for each in puts]
