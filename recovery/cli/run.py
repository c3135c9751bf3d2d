"""`recovery run`: the whole job once, as Prefect flows."""

from typing import TYPE_CHECKING

import typer

from recovery.cli.errors import FAILED
from recovery.cli.group import example
from recovery.cli.output import JsonOption, note, print_json, print_table

if TYPE_CHECKING:
    from recovery.cli.installation import Recovery
    from recovery.services.stages import StageReport


@example("recovery run", "recovery run --json")
def run(*, as_json: JsonOption = False) -> None:
    """Record, pull, route, reach, record and archive up to the approval; then print a summary.

    It runs on the Prefect server at PREFECT_API_URL, else on one of its own. It deletes nobody.
    Exit code 0 also when a stage waits for something with a name (quota, approval); 1 when a
    stage broke or a promise does; 2 for a wrong setting or credential.
    """
    from flows.recover import run_once
    from recovery.cli.installation import migrated
    from recovery.cli.progress import working
    from recovery.services.stages import summarise

    recovery = migrated()
    _refuse_broken(recovery)
    with working("running"):
        reports = run_once(recovery)
    summary = summarise(reports)
    if as_json:
        print_json(summary)
    else:
        _print(summary)
    problems = _told(reports) + _broken_promises(recovery)
    for line in problems:
        note(f"recovery: {line}")
    if problems:
        raise typer.Exit(FAILED)


def _refuse_broken(recovery: "Recovery") -> None:
    """What would end the first stage anyway is told before a server starts: exit code 2."""
    _ = recovery.policy, recovery.templates, recovery.crm, recovery.messenger.our_senders


def _told(reports: "list[StageReport]") -> list[str]:
    """Prints what stages wait for; answers what broke."""
    for report in reports:
        if report.note:
            note(f"{report.name}: {report.note}")
    return [f"{report.name}: {report.broken}" for report in reports if report.broken]


def _broken_promises(recovery: "Recovery") -> list[str]:
    return [
        f"{one.number} is broken: {one.statement} ({one.count}); see `recovery doctor --invariants`"
        for one in (latched.finding for latched in recovery.promises.latched())
    ]


def _print(summary: dict[str, object]) -> None:
    skipped = summary.pop("skipped")
    rows: list[tuple[object, ...]] = [
        (number, name.replace("_", " ")) for name, number in summary.items()
    ]
    if isinstance(skipped, dict):
        rows += [(number, f"left out: {reason}") for reason, number in skipped.items()]
    print_table(("", "run"), rows)
