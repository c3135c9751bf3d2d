"""Who may start: a case begins only when somebody of the team has room for its calls and answers.

A day's starts take no more calls than the team makes in a day, so that the queue of later days
never grows beyond it. What was started above that is owed, and what is late is worked first.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from recovery.domain.policy import Intake

#: About one message of five is answered (facts: peers, reply rates of 10–20 %), and an answer
#: takes one of a rep's open chats.
MESSAGES_A_CHAT = 5
#: Starts of so many days count against today's.
LOOKS_BACK = timedelta(days=28)
#: The rule of cases that wait for somebody of the team.
WAITS = "intake.wait"
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Room:
    """Calls and messages that starts of one day may bring."""

    calls: int
    messages: int

    @property
    def is_open(self) -> bool:
        """There is room for one more start of any kind."""
        return self.calls > 0 and self.messages > 0


@dataclass(frozen=True, slots=True)
class Load:
    """What the team has on its hands; `started` are calls of admitted cases by working day."""

    started: Mapping[date, int]
    messages_today: int = 0
    late_calls: int = 0
    open_chats: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that could start, with what it would bring."""

    case_id: int
    calls: int
    messages: int


def a_day(intake: Intake) -> Room:
    """What a team with nothing on its hands takes in."""
    chats = intake.reps * intake.open_chats_per_rep
    return Room(intake.reps * intake.calls_per_rep_day, chats * MESSAGES_A_CHAT)


def room_today(intake: Intake, load: Load, today: date) -> Room:
    """What is left of today's; nothing on a weekend."""
    if today.weekday() >= _SATURDAY:
        return Room(0, 0)
    whole = a_day(intake)
    started = load.started.get(today, 0)
    calls = whole.calls - _owed(whole.calls, load.started, today) - load.late_calls - started
    chats = intake.reps * intake.open_chats_per_rep - load.open_chats
    return Room(max(0, calls), max(0, chats * MESSAGES_A_CHAT - load.messages_today))


def _owed(per_day: int, started: Mapping[date, int], today: date) -> int:
    """Calls started on earlier days beyond what those days had room for."""
    owed, day = 0, today - LOOKS_BACK
    while day < today:
        if day.weekday() < _SATURDAY:
            owed = max(0, owed + started.get(day, 0) - per_day)
        day += timedelta(days=1)
    return owed


def line_up(
    waiting: Iterable[Waiting], room: Room, whole: Room, today: date
) -> Iterator[tuple[Waiting, date]]:
    """Each case in its order with the day on which it starts; `today` for those that may now."""
    day, calls, messages = today, room.calls, room.messages
    for one in waiting:
        while not Room(_needed(calls, one.calls), _needed(messages, one.messages)).is_open:
            day = next_working_day(day)
            calls = min(whole.calls, calls + whole.calls)
            messages = min(whole.messages, messages + whole.messages)
        calls -= one.calls
        messages -= one.messages
        yield one, day


def _needed(left: int, wanted: int) -> int:
    """A case that brings none of a kind is kept back by none of it."""
    return left if wanted else 1


def next_working_day(day: date) -> date:
    """Monday to Friday; holidays differ by country and are left to the calendar of each case."""
    day += timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day
