"""Checks of what stands still, of how many people may be written to, and of the team's work."""

import math
from collections.abc import Iterator

from recovery.adapters.db import schema
from recovery.adapters.db.queries.work import work_ahead
from recovery.bootstrap import Recovery
from recovery.cli.checks import Finding, broken, fine, hint
from recovery.cli.installation import has_database
from recovery.domain.intake import a_day
from recovery.services.holds import Hold

#: Calls a rep makes a day, where the policy does not say.
_CALLS_A_DAY = 60


def brakes(recovery: Recovery) -> Iterator[Finding]:
    """Every brake that is on, with its mend."""
    if not _is_ready(recovery):
        return
    holds = recovery.brakes.holds()
    for hold in holds:
        yield _finding(hold)
    if not holds:
        yield fine("brakes", "none is on")


def capacity(recovery: Recovery) -> Iterator[Finding]:
    """How many may be written to today, and how many days of work the queue is."""
    if not _is_ready(recovery):
        return
    standing = recovery.pacing.standing()
    if standing.allowance.a_day is None:
        yield fine("allowance", "no limit of people a day is known or kept")
    else:
        an_hour = standing.allowance.an_hour
        spread = f", {an_hour:,} an hour" if an_hour else ""
        told = f"{standing.allowance.a_day:,} people a day{spread}: {standing.why}"
        yield fine("allowance", f"{told}; {standing.day:,} written to in the last 24 hours")
    yield _work(recovery)


def _work(recovery: Recovery) -> Finding:
    work, intake = work_ahead(recovery.database, recovery.policy), recovery.policy.intake
    if intake is None:
        days = math.ceil(work.calls / _CALLS_A_DAY)
        told = f"{work.calls:,} calls ahead at most: {days:,} days of work for one rep"
        mend = "say how much the team takes in with `intake` in your policy, and the rest waits"
        return hint("work", told, mend) if days > _MANY_DAYS else fine("work", told)
    days = math.ceil(work.calls / a_day(intake).calls)
    waits = f", {work.waiting:,} people wait for their turn" if work.waiting else ""
    return fine("work", f"{work.calls:,} calls ahead at most: {days:,} days for the team{waits}")


_MANY_DAYS = 10


def _finding(hold: Hold) -> Finding:
    what = f"brake {hold.name}"
    told = f"{hold.reason}, since {hold.since:%Y-%m-%d %H:%M} UTC"
    if hold.is_latched:
        return broken(what, told, hold.mend)
    until = f"{hold.until:%H:%M} UTC" if hold.until else "the next run"
    return hint(what, told, f"nothing to do: it goes on by itself at {until}")


def _is_ready(recovery: Recovery) -> bool:
    """The checks of the database tell of one that is missing or old."""
    return has_database(recovery) and schema.is_current(recovery.database)
