"""Our answers to what people wrote: inside the session window, each posted once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from recovery.domain.country import Countries
from recovery.domain.lane import place_of
from recovery.domain.policy import Policy
from recovery.services.lease import Lease
from recovery.services.pipeline import Answered, Pipeline, Started, together
from recovery.services.ports import (
    Clock,
    Messenger,
    OutboundMessage,
    SendAnswer,
    SendResult,
)

#: The lease under which our answers leave.
ANSWERS = "answers"
#: WhatsApp's window for free answers after a person's message.
WINDOW = timedelta(hours=24)
#: Within this time our answer may leave at any hour (DESIGN §4).
AT_ONCE = timedelta(minutes=30)
#: Answers that are started together: no more than a few threads post while the checks are good.
AT_A_TIME = 16
#: Rounds that may pass without one answer that left.
TRIES = 3


@dataclass(frozen=True, slots=True)
class Whence:
    """The number that wrote to us, its zones and country as far as known, and whose record it is
    on, which may tell the state."""

    e164: str
    zones: tuple[str, ...] = ()
    country: str | None = None
    home: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StartedAnswer:
    """A session message whose `sending` is committed."""

    started: Started
    body: str
    sender: str


class AnswerStore(Protocol):
    """What sending answers reads and writes; each method is one transaction."""

    def has_answers(self, now: datetime) -> bool:
        """Is any answer of ours due?"""

    def start_answers(
        self,
        now: datetime,
        *,
        most: int,
        epoch: int,
        may_leave: Callable[[datetime, Whence], bool],
    ) -> list[StartedAnswer] | None:
        """Of so many answers of ours that are due, those whose window and suppression still allow
        them, marked as `sending`; None when none is due.

        `may_leave` is asked with the time of the person's message; who must wait is looked at again
        some minutes later.
        """

    def settle(self, answered: Sequence[Answered], now: datetime, *, epoch: int) -> None:
        """Records what the provider said to our answers."""


class AnswerService:
    """Part of `record`, also run by the web app when a reply came in."""

    def __init__(
        self,
        *,
        store: AnswerStore,
        messenger: Messenger,
        policy: Policy,
        countries: Countries,
        clock: Clock,
        may_send: Callable[[], None],
        messages_per_second: float = 80.0,
        threads: int = 8,
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._policy = policy
        self._countries = countries
        self._clock = clock
        self._may_send = may_send
        self._most = together(messages_per_second, most=AT_A_TIME)
        self._threads = threads

    def has_answers(self) -> bool:
        """Is any answer of ours due?"""
        return self._store.has_answers(self._clock())

    def send(self, lease: Lease) -> tuple[int, int]:
        """Posts our committed answers, each once; how many left, and how many were turned away.

        Those that came too late to leave are started anew; no more when again and again none left.
        """
        self._may_send()
        left = turned_away = in_vain = 0
        while (started := self._start(lease)) is not None:
            answers = self._post(started, lease)
            gone = sum(answer.result is not SendResult.NOT_SENT for answer in answers)
            left += gone
            turned_away += sum(answer.was_turned_away for answer in answers)
            in_vain += bool(started) and not gone
            if turned_away or in_vain == TRIES:
                break
        return left, turned_away

    def _start(self, lease: Lease) -> list[StartedAnswer] | None:
        now = self._clock()
        may_leave = partial(self._may_leave, now)
        return self._store.start_answers(
            now, most=self._most, epoch=lease.epoch, may_leave=may_leave
        )

    def _post(self, started: Sequence[StartedAnswer], lease: Lease) -> list[SendAnswer]:
        answers: list[SendAnswer] = []
        bodies = {one.started.token: one for one in started}

        def post(one: Started, leave_by: float) -> SendAnswer:
            return self._messenger.send(_outbound(bodies[one.token], leave_by))

        with Pipeline(self._messenger, post, self._threads) as pipeline:
            pipeline.post([one.started for one in started])
            for answered in pipeline.answers(room=0):
                self._store.settle(answered, self._clock(), epoch=lease.epoch)
                answers += [one.answer for one in answered]
        return answers

    def _may_leave(self, now: datetime, heard_at: datetime, whence: Whence) -> bool:
        """At any hour right after the person's own message, else in their allowed hours."""
        if now - heard_at <= AT_ONCE:
            return True
        place = place_of(
            whence.e164,
            whence.zones,
            whence.country,
            home=whence.home,
            countries=self._countries,
        )
        timetable = place.timetable(self._countries, self._policy.hours)
        return timetable is not None and timetable.allows(now)


def _outbound(one: StartedAnswer, leave_by: float) -> OutboundMessage:
    started = one.started
    return OutboundMessage(
        to=started.number,
        token=started.token,
        sender=one.sender,
        content_sid=started.content_sid or None,
        variables=started.variables,
        body=None if started.content_sid else one.body,
        valid_for=started.valid_for,
        leave_by=leave_by,
    )
