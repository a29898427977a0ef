"""``lti-mentoring roster``: read rosters now."""

import click

from lti_mentoring.cli.toolbox import as_json, open_toolbox, print_json
from lti_mentoring.jobs.work import read_rosters
from lti_mentoring.models import RosterSync
from lti_mentoring.policies.actor import Actor
from lti_mentoring.services import roster


@click.group("roster")
def roster_commands() -> None:
    """The courses' rosters."""


@roster_commands.command("sync")
@click.option("--course", type=int, multiple=True, help="Only this course; may be repeated.")
@as_json
def sync(*, course: tuple[int, ...], as_json: bool) -> None:
    """Read the rosters of all courses now, or of those named."""
    with open_toolbox() as box:
        with box.database.transaction() as db:
            courses = roster.courses_with_roster(db, course or None)
            for each in courses:
                roster.ask_for_roster(db, Actor.system("roster command", each.id), each, whole=True)
            named = [(each.id, each.title) for each in courses]
        with click.progressbar(length=len(named), label="Reading", hidden=as_json) as bar:
            bar.update(min(read_rosters(box.worker.work), len(named)))
        with box.database.transaction() as db:
            results = [
                _result(number, title, roster.latest_sync(db, number)) for number, title in named
            ]
    if as_json:
        print_json(results)
        return
    for result in results:
        click.echo(
            "{course} {title}: {state}, {members} members "
            "(+{added} ~{changed} -{removed}){error}".format(**result)
        )
    if not results:
        click.echo("No course offers its roster.")


def _result(number: int, title: str, done: RosterSync | None) -> dict[str, object]:
    return {
        "course": number,
        "title": title,
        "state": done.state if done else "none",
        "members": done.member_count if done else 0,
        "added": done.added_count if done else 0,
        "changed": done.changed_count if done else 0,
        "removed": done.removed_count if done else 0,
        "error": f": {done.error}" if done and done.error else "",
    }
