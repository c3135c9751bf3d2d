"""`recovery pull`, `route` and `reach`: one stage, by itself, without Prefect."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import typer

from recovery.cli.errors import FAILED
from recovery.cli.group import example
from recovery.cli.output import JsonOption, note, print_json, print_table

if TYPE_CHECKING:
    from recovery.cli.installation import Recovery
    from recovery.services.promises import Finding
    from recovery.services.stages import StageReport


@example("recovery pull", "recovery pull --json")
def pull(*, as_json: JsonOption = False) -> None:
    """Read from Keap who no longer gets e-mail, open cases for them, close the healed ones.

    Can be stopped at any moment: the next pull goes on where this one was.
    """
    from recovery.adapters.db.queries import progress
    from recovery.cli.reachable import with_keap

    with with_keap() as recovery:
        if warning := recovery.budget.plan().warning:
            note(warning)
        look = lambda: progress.pull(recovery.database)  # noqa: E731 (read best where it is used)
        report = work("pulling", look, recovery.stages.pull)
    show(report, recovery, as_json=as_json)


@example("recovery route")
def route(*, as_json: JsonOption = False) -> None:
    """Decide what comes next for every open case: a message, a call, a wait, the hold.

    Every decision keeps its rule and its reason; `recovery explain CONTACT` shows them.
    """
    from recovery.adapters.db.queries import progress
    from recovery.cli.installation import migrated

    recovery = migrated()
    look = lambda: progress.route(recovery.database, recovery.clock())  # noqa: E731
    show(work("routing", look, recovery.stages.route), recovery, as_json=as_json)


@example("recovery reach")
def reach(*, as_json: JsonOption = False) -> None:
    """Put decided calls in the queue and send the WhatsApp messages that are due.

    Nobody gets a step twice, whatever is interrupted. Against the real Twilio nothing leaves
    until RECOVERY_LIVE_SENDING=true.
    """
    from recovery.adapters.db.queries import progress
    from recovery.cli.reachable import with_keap

    with with_keap() as recovery:
        look = lambda: progress.reach(recovery.database, recovery.clock())  # noqa: E731
        report = work("reaching", look, recovery.stages.reach)
    undecided = len(recovery.route.due()) if is_idle(report) else 0
    if undecided:
        first = f"{undecided:,} cases are not decided about yet: run `recovery route` first"
        report.note = f"{first}; {report.note}" if report.note else first
    show(report, recovery, as_json=as_json)


def work(what: str, look: Callable[[], str], stage: "Callable[[], StageReport]") -> "StageReport":
    """Runs a stage while its progress is shown."""
    from recovery.cli.progress import working

    with working(what, look):
        return stage()


def show(report: "StageReport", recovery: "Recovery", *, as_json: bool) -> None:
    """Prints what a stage did, then asks the promises; what is broken ends with exit code 1."""
    if as_json:
        print_json(report)
    elif rows := told_rows([report]):
        print_table(("", report.name), rows)
    elif not report.note and not report.broken:
        print(f"{report.name}: nothing was due")
    if report.note:
        note(report.note)
    end_of_run(recovery, [report.broken] if report.broken else [])


def end_of_run(recovery: "Recovery", broken: "Sequence[str]" = ()) -> None:
    """Asks the promises; they and what else is broken are told, with exit code 1."""
    problems = [*broken, *map(broken_promise, recovery.promises.end_of_run())]
    for problem in problems:
        note(f"recovery: {problem}")
    if problems:
        raise typer.Exit(FAILED)


def broken_promise(one: "Finding") -> str:
    """The line that tells of a promise that does not hold."""
    return (
        f"{one.number} is broken: {one.statement} ({one.count}); see `recovery doctor --invariants`"
    )


def is_idle(report: "StageReport") -> bool:
    """Did nothing, and left nobody out."""
    return not report.broken and not told_rows([report])


def told_rows(reports: "Sequence[StageReport]") -> list[tuple[int, str]]:
    """Counts and reasons of these stages in plain words; what is nought says nothing."""
    from recovery.services.stage_words import words

    counts: Counter[str] = Counter()
    for report in reports:
        counts.update({words(name): number for name, number in report.counts.items()})
    left_out: Counter[str] = Counter()
    for report in reports:
        # Routing leaves nobody out: it says why there is nothing to do for them today.
        form = "no step now ({})" if report.name == "route" else "left out ({})"
        for why, number in report.skipped.items():
            left_out[form.format(words(why))] += number
    rows = [(number, told) for told, number in counts.items()]
    rows += [(number, told) for told, number in left_out.most_common()]
    return [row for row in rows if row[0]]
