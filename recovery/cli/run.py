"""`recovery run`: the whole job once, as Prefect flows."""

from contextlib import suppress
from typing import TYPE_CHECKING

import typer

from recovery.cli.errors import FAILED
from recovery.cli.group import example
from recovery.cli.output import JsonOption, note, print_json, print_table
from recovery.cli.stages import broken_promise, told_rows

if TYPE_CHECKING:
    from recovery.cli.installation import Recovery
    from recovery.services.stages import StageReport

_ELSEWHERE = "another run works on this home and does it; this one left it to that one"
#: One line on stderr says it already, with the mend; here it would count runs of a stage.
_TOLD_ELSEWHERE = frozenset({"left out (RECOVERY_LIVE_SENDING is off)"})


@example("recovery run", "recovery run --json")
def run(*, as_json: JsonOption = False) -> None:
    """Record, pull, route, reach, record and archive up to the approval; then print a summary.

    It runs on the Prefect server at PREFECT_API_URL, else on one of its own. It deletes nobody.
    Exit code 0 also when a stage waits for something with a name (quota, approval); 1 when a
    stage broke or a promise does; 2 for a wrong setting or credential.
    """
    from recovery.cli.installation import migrated
    from recovery.cli.progress import working
    from recovery.services.stages import summarise

    recovery = migrated()
    _refuse_broken(recovery)
    from flows.recover import run_once  # Prefect takes seconds: what is refused is told before

    if warning := recovery.budget.plan().warning:
        note(warning)
    try:
        with working("running"):
            reports = run_once(recovery)
    finally:
        with suppress(Exception):  # what ended the work is told, not this
            recovery.rest()
    if as_json:
        print_json(summarise(reports))
    else:
        _print(reports)
    problems = told(reports)
    problems += [broken_promise(latched.finding) for latched in recovery.promises.latched()]
    for line in problems:
        note(f"recovery: {line}")
    if problems:
        raise typer.Exit(FAILED)


def _refuse_broken(recovery: "Recovery") -> None:
    """What would end the first stage anyway is told before a server starts: exit code 2."""
    from recovery.cli.prerequisites import need_configuration, need_credentials
    from recovery.cli.reachable import need_keap

    need_configuration(recovery)
    need_keap(recovery)
    need_credentials(recovery)


def told(reports: "list[StageReport]") -> list[str]:
    """Prints what stages wait for, each thing once; answers what broke."""
    waits: dict[str, dict[str, None]] = {}
    for report in reports:
        if report.note:
            waits.setdefault(_without_stage(report), {})[report.name] = None
    for told, stages in waits.items():
        note(f"{', '.join(stages)}: {told}")
    return [f"{report.name}: {report.broken}" for report in reports if report.broken]


def _without_stage(report: "StageReport") -> str:
    """Two runs at once are told in one line, not in one a stage."""
    told = report.note or ""
    return _ELSEWHERE if told.startswith("nothing to do: another run") else told


def _print(reports: "list[StageReport]") -> None:
    rows = [row for row in told_rows(reports) if row[1] not in _TOLD_ELSEWHERE]
    if rows:
        print_table(("", "run"), rows)
    else:
        print("run: nothing was due")
