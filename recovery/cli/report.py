"""`recovery report`: what was won back, what waits, and what it costs in Keap calls."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from recovery.cli.group import example
from recovery.cli.output import JsonOption, print_json, print_table

if TYPE_CHECKING:
    from recovery.adapters.db.queries.report import Report
    from recovery.cli.installation import Recovery
    from recovery.services.holds import Hold
    from recovery.services.reach.pacing import Standing

_COLUMNS = (
    "contacts",
    "opened",
    "messaged",
    "delivered",
    "read",
    "replied",
    "called",
    "recovered",
    "withdrawn",
    "relationship",
    "healed",
    "engaged",
    "hold",
    "unrecovered",
    "deleted",
)
_ALWAYS = ("contacts", "opened", "messaged", "called", "recovered")


_ALL = typer.Option("--all", help="Also list what needs a person or is in doubt beyond 200.")
#: A list nobody would read to its end.
_LONGEST = 1_000_000


@example("recovery report", "recovery report --json")
def report(*, everything: Annotated[bool, _ALL] = False, as_json: JsonOption = False) -> None:
    """Show the funnel per status, what is in doubt, the queue's forecast and the Keap calls.

    It reads our own database only; no account is asked.
    """
    from recovery.adapters.db.queries.report import report as query
    from recovery.adapters.db.queries.work import work_ahead
    from recovery.cli.installation import existing

    recovery = existing()
    limit = {"doubts": _LONGEST} if everything else {}
    counts = recovery.policy.relationship_counts
    found = query(recovery.database, now=recovery.clock(), relationship_counts=counts, **limit)
    usage = _usage(recovery)
    holds, pacing = recovery.brakes.holds(), recovery.pacing.standing()
    waiting = work_ahead(recovery.database, recovery.policy).waiting
    if as_json:
        total, brakes = _total(found), {"brakes": holds, "pacing": pacing, "waiting": waiting}
        print_json({"report": found, "keap_calls": usage, "total": total, **brakes})
    else:
        _print(found, usage)
        _print_brakes(holds, pacing, waiting)


def _usage(recovery: "Recovery") -> dict[str, int | None]:
    from recovery.adapters.db.keap_pace import SqlPacerStore
    from recovery.adapters.keap.pacer import Pacer
    from recovery.bootstrap import utc_now

    rate = recovery.settings.keap.calls_per_second
    usage = Pacer(SqlPacerStore(recovery.database), rate=rate, clock=utc_now).usage()
    return {"used_today": usage.used, "left_today": usage.left}


def _total(found: "Report") -> dict[str, int]:
    return {name: sum(getattr(row, name) for row in found.funnel) for name in _COLUMNS}


def _print(found: "Report", usage: dict[str, Any]) -> None:
    pulled = f"{found.last_pull_at:%Y-%m-%d %H:%M} UTC" if found.last_pull_at else "never"
    print(f"last finished pull: {pulled}\n")
    _print_funnel(found)
    _print_forecast(found)
    left = "Keap has not said" if usage["left_today"] is None else f"{usage['left_today']:,}"
    print(f"\nKeap calls today: {usage['used_today']:,} used, left: {left}")
    if found.keap_writes_waiting:
        print(
            f"writes to Keap waiting for the next `recovery record`: {found.keap_writes_waiting:,}"
        )
    if found.needs_person:
        print(f"\nneeds a person: {found.needs_person_all:,}")
        print_table(
            ("contact", "since", "because"),
            (
                (one.contact_id, f"{one.since:%Y-%m-%d %H:%M}", one.reason)
                for one in found.needs_person
            ),
        )
        _print_rest(found.needs_person_all - len(found.needs_person))
        print("next: recovery record --contact ID --resume, or --close REASON")
    if found.doubts:
        print("\nin doubt")
        print_table(
            ("what", "contact", "since", "reason"),
            (
                (one.what, one.contact_id, f"{one.since:%Y-%m-%d %H:%M}", one.reason)
                for one in found.doubts
            ),
        )
        _print_rest(found.doubts_all - len(found.doubts))


def _print_brakes(holds: "list[Hold]", pacing: "Standing", waiting: int) -> None:
    if pacing.allowance.a_day is not None:
        print(
            f"\nWhatsApp: {pacing.day:,} people written to in the last 24 hours, at most "
            f"{pacing.allowance.a_day:,} may be ({pacing.why})"
        )
    if waiting:
        print(f"waiting until somebody of the team has room: {waiting:,}")
    if holds:
        print("\nbrakes that are on")
        for hold in holds:
            print(f"  {hold.name}, since {hold.since:%Y-%m-%d %H:%M} UTC: {hold}")


def _print_rest(number: int) -> None:
    if number > 0:
        print(f"and {number:,} more, newer than these: `recovery report --all` lists them")


def _print_funnel(found: "Report") -> None:
    """Columns in which nothing happened yet are left out."""
    total = _total(found)
    shown = [name for name in _COLUMNS if total[name] or name in _ALWAYS]
    rows: list[tuple[object, ...]] = [
        (row.status.number, row.status.label(), *(getattr(row, name) for name in shown))
        for row in found.funnel
    ]
    rows.append((None, "all", *(total[name] for name in shown)))
    print_table(("#", "status", *shown), rows, keys=2)


def _print_forecast(found: "Report") -> None:
    due = found.forecast
    print("\nwhat waits")
    print_table(
        ("", "today", "in 7 days"),
        (
            ("calls due", due.calls_today, due.calls_week),
            ("messages due", due.messages_today, due.messages_week),
            ("holds that end", None, due.holds_ending_week),
        ),
    )
    print(
        f"\ncalls in the queue: {due.calls_open:,} ({due.calls_late:,} late), "
        f"lapsed so far: {found.lapsed_calls:,}, free wins for a manager: {due.free_wins:,}"
    )
