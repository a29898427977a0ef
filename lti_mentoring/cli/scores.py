"""``lti-mentoring scores``: scores on their way into gradebooks."""

import click
from sqlalchemy import select

from lti_mentoring.cli.toolbox import as_json, open_toolbox, print_json
from lti_mentoring.grading import outbox
from lti_mentoring.models import LineItem, ScorePublication
from lti_mentoring.vocabulary import PublicationState

STATES = click.Choice([state.value for state in PublicationState])
UNSETTLED = (
    PublicationState.PENDING,
    PublicationState.SENDING,
    PublicationState.BLOCKED,
    PublicationState.OVERRIDDEN,
)


@click.group("scores")
def scores_commands() -> None:
    """Scores on their way into gradebooks."""


@scores_commands.command("list")
@click.option("--state", "states", type=STATES, multiple=True, help="Only these; may be repeated.")
@as_json
def list_all(*, states: tuple[str, ...], as_json: bool) -> None:
    """Show scores that have not arrived, or those in the given states. Names are left out."""
    wanted = [PublicationState(state) for state in states] or UNSETTLED
    with open_toolbox() as box, box.database.transaction() as db:
        rows = [
            {
                "id": row.id,
                "program": program_id,
                "participant": row.participant_id,
                "score": f"{row.score_given.normalize():f}/{row.score_maximum.normalize():f}",
                "state": row.state,
                "attempts": row.attempts,
                "next_at": row.next_at,
                "reason": row.error or "",
            }
            for row, program_id in db.execute(
                select(ScorePublication, LineItem.program_id)
                .join(LineItem, LineItem.id == ScorePublication.line_item_id)
                .where(ScorePublication.state.in_(wanted))
                .order_by(ScorePublication.id)
            )
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo("{id}  {score} {state} (tried {attempts} times) {reason}".format(**row))
    if not rows:
        click.echo("Nothing is waiting.")


@scores_commands.command("retry")
@click.argument("numbers", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that were refused.")
@as_json
def retry(*, numbers: tuple[int, ...], everything: bool, as_json: bool) -> None:
    """Send refused or waiting scores again now, by their NUMBERS in the list."""
    if not numbers and not everything:
        raise click.UsageError("Name the scores, or say --all.")
    with open_toolbox() as box:
        with box.database.transaction() as db:
            refused = select(ScorePublication.id).where(
                ScorePublication.state == PublicationState.BLOCKED
            )
            count = outbox.retry(db, list(db.scalars(refused)) if everything else numbers)
        delivered = box.worker.run_until_idle() if count else 0
    if as_json:
        print_json({"retried": count})
    else:
        click.echo(
            f"{count} scores were tried again." if delivered or not count else f"{count} wait."
        )
