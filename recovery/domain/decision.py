"""What routing answers: one act, the rule that made it and the reason in words."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from recovery.domain.case import CaseEnd
from recovery.domain.person import Number
from recovery.domain.timetable import Timetable


class Act(StrEnum):
    """What comes next for a case."""

    MESSAGE = "message"
    CALL = "call"
    WAIT = "wait"
    FREE_WIN = "free_win"
    HOLD = "hold"
    ARCHIVE = "archive"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Decision:
    """One act with its moment; step, number, place and template belong to messages and calls.

    `planned_on` is the local day of a call; `started_on` is to be remembered as the case's day 0.
    """

    act: Act
    rule: str
    reason: str
    at: datetime | None = None
    step: str | None = None
    number: Number | None = None
    place: Timetable | None = None
    template: str | None = None
    end: CaseEnd | None = None
    planned_on: date | None = None
    started_on: date | None = None
    email: str | None = None
