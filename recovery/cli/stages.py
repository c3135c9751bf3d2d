"""`recovery pull`, `route` and `reach`: one stage, by itself, without Prefect."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from recovery.cli.errors import FAILED
from recovery.cli.group import example
from recovery.cli.output import JsonOption, note, print_json, print_table

if TYPE_CHECKING:
    from recovery.services.stages import StageReport


@example("recovery pull", "recovery pull --json")
def pull(*, as_json: JsonOption = False) -> None:
    """Read from Keap who no longer gets e-mail, open cases for them, close the healed ones.

    Can be stopped at any moment: the next pull goes on where this one was.
    """
    from recovery.adapters.db.queries import progress
    from recovery.cli.installation import migrated

    recovery = migrated()
    look = lambda: progress.pull(recovery.database)  # noqa: E731 (read best where it is used)
    show(work("pulling", look, recovery.stages.pull), as_json=as_json)


@example("recovery route")
def route(*, as_json: JsonOption = False) -> None:
    """Decide what comes next for every open case: a message, a call, a wait, the hold.

    Every decision keeps its rule and its reason; `recovery explain CONTACT` shows them.
    """
    from recovery.adapters.db.queries import progress
    from recovery.cli.installation import migrated

    recovery = migrated()
    look = lambda: progress.route(recovery.database, recovery.clock())  # noqa: E731
    show(work("routing", look, recovery.stages.route), as_json=as_json)


@example("recovery reach")
def reach(*, as_json: JsonOption = False) -> None:
    """Put decided calls in the queue and send the WhatsApp messages that are due.

    Nobody gets a step twice, whatever is interrupted. Against the real Twilio nothing leaves
    until RECOVERY_LIVE_SENDING=true.
    """
    from recovery.adapters.db.queries import progress
    from recovery.cli.installation import migrated

    recovery = migrated()
    look = lambda: progress.reach(recovery.database, recovery.clock())  # noqa: E731
    show(work("reaching", look, recovery.stages.reach), as_json=as_json)


def work(what: str, look: Callable[[], str], stage: "Callable[[], StageReport]") -> "StageReport":
    """Runs a stage while its progress is shown."""
    from recovery.cli.progress import working

    with working(what, look):
        return stage()


def show(report: "StageReport", *, as_json: bool) -> None:
    """Prints what a stage did; a broken one ends with exit code 1."""
    if as_json:
        print_json(report)
    else:
        counts = [(number, name.replace("_", " ")) for name, number in report.counts.items()]
        skipped = [(number, f"left out: {why}") for why, number in report.skipped.items()]
        rows = [row for row in counts + skipped if row[0]]
        if rows:
            print_table(("", report.name), rows)
        elif not report.note and not report.broken:
            print(f"{report.name}: nothing was due")
    if report.note:
        note(report.note)
    if report.broken:
        note(f"recovery: {report.broken}")
        raise typer.Exit(FAILED)
