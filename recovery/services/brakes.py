"""Brakes at work: judges what the provider says of our sends, holds back what must not leave, and
lets go where a look proves it mended. Their state is in the database, so all processes share it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from recovery.domain.brakes import (
    Blame,
    Brake,
    BrakeName,
    Fault,
    Line,
    Room,
    Told,
    Trial,
    is_poor,
    is_unexplained,
    tripped,
)
from recovery.domain.pace import DAY
from recovery.errors import BrakeOn
from recovery.services.holds import Hold, hold_of, line_hold
from recovery.services.ports import Clock, ContentStatus, SendAnswer, SenderHealth, SendResult

T = TypeVar("T")
Contents = Mapping[tuple[str, str], ContentStatus]
#: What a look at our senders lets go, where it shows that all is well.
_LOOKED_AT = (BrakeName.CREDENTIAL, BrakeName.QUALITY)


class BrakeStore(Protocol):
    """Keeps brakes; each method is one transaction."""

    def standing(self) -> dict[str, Brake]:
        """Every brake that was ever on, by name, the mended ones included."""

    def line(self) -> Line:
        """How the last sends of all processes ended."""

    def change_line(self, change: Callable[[Line], tuple[Line, T]]) -> T:
        """Changes the line while nobody else does."""

    def told(self, since: datetime) -> list[Told]:
        """Failures since then by code and template."""

    def failures(self, since: datetime) -> tuple[dict[str, int], int]:
        """Messages that failed since then by code, and all that came to an end."""

    def put_on(self, brakes: Sequence[Brake]) -> None:
        """Writes brakes that were not on; one that is on stays as it is."""

    def note(self, name: str, detail: Mapping[str, Any]) -> None:
        """Remembers something about a brake that is on."""

    def release(self, names: Sequence[str], now: datetime, *, by: str) -> list[str]:
        """Lets brakes go, with an audit row each; answers those that were on."""


class Brakes:
    """The use case; one instance a process is enough, but every instance knows the same."""

    def __init__(
        self,
        *,
        store: BrakeStore,
        fault: Callable[[str], Fault],
        explain: Callable[[str], str],
        clock: Clock,
    ) -> None:
        self._store = store
        self._fault = fault
        self._explain = explain
        self._clock = clock
        #: Until when the trial that this process took is its own; None without one.
        self._trial_until: datetime | None = None

    @property
    def is_trying(self) -> bool:
        """The one message that tries an open line is ours to send, and nothing beside it."""
        return self._trial_until is not None

    def holds(self) -> list[Hold]:
        """All that stands still now, for people to see."""
        now = self._clock()
        held = [self._hold(one) for one in self._store.standing().values() if one.is_on(now)]
        until = self._store.line().open_until
        if until is not None:
            held.append(line_hold(until, now))
        return sorted(held, key=lambda one: (not one.is_latched, one.since))

    def latched(self) -> list[Hold]:
        """What broke and waits for its mend, a single template's included."""
        now = self._clock()
        judged = self._judged(now).values()
        return [self._hold(b) for b in judged if b.is_latched and not b.is_question]

    def what_stops_sending(self) -> Hold | None:
        """The brake that holds all messages back, if one does; a latched one first."""
        now = self._clock()
        on = [b for b in self._judged(now).values() if b.is_on(now) and b.stops_sending]
        if on:
            return self._hold(min(on, key=lambda brake: not brake.is_latched))
        line = self._store.line()
        if self._room_of(line, now) is Room.HELD and line.open_until:
            return line_hold(line.open_until, now)
        return None

    def what_stops_answers(self) -> Hold | None:
        """The brake that keeps back even an answer to a person, if one does."""
        found = self.what_stops_calls()
        line, now = self._store.line(), self._clock()
        if found is None and line.room(now) is Room.HELD and line.open_until:
            return line_hold(line.open_until, now)
        return found

    def what_stops_calls(self) -> Hold | None:
        """The account or its credential, refused: how messages fare keeps no call back."""
        now = self._clock()
        on = (b for b in self._judged(now).values() if b.is_on(now) and b.stops_answers)
        found = next(on, None)
        return self._hold(found) if found else None

    def must_let_answers_go(self) -> None:
        """Raises BrakeOn where not even an answer to a person can leave now."""
        hold = self.what_stops_answers()
        if hold is not None:
            raise BrakeOn(str(hold), is_latched=hold.is_latched)

    def room(self) -> Room:
        """What may leave now on an unlatched line; a trial is given to one process alone, and is
        its own until a message has used it."""
        now = self._clock()
        line = self._store.line()
        if self._is_ours(line):
            return Room.TRIAL
        room, self._trial_until = line.room(now), None
        if room is Room.TRIAL:
            room, self._trial_until = self._store.change_line(lambda fresh: _claimed(fresh, now))
        return room

    def heard(self, answers: Sequence[SendAnswer]) -> None:
        """What became of sends: troubles add up, a refused credential latches."""
        answers = [answer for answer in answers if not answer.was_held_up]
        if not answers:
            return
        now, trial = self._clock(), Trial.YES if self.is_trying else Trial.NO
        if any(answer.code == "authorization" for answer in answers):
            self.credential_lost()
        troubles = [_is_trouble(answer) for answer in answers]
        if not any(troubles) and self._store.line().is_fresh:
            return
        self._store.change_line(lambda line: (line.heard(troubles, now, trial=trial), None))
        self._trial_until = None

    def credential_lost(self) -> None:
        """The provider refused our credential, whatever was asked of it."""
        self._store.put_on([Brake(BrakeName.CREDENTIAL, since=self._clock())])

    @property
    def waits_for_a_look(self) -> bool:
        """Something stands still that a look at our senders may show to be mended."""
        now, standing = self._clock(), self._store.standing()
        return any(name in standing and standing[name].is_on(now) for name in _LOOKED_AT)

    def sendable(self, approved: Contents) -> dict[tuple[str, str], ContentStatus]:
        """The approved templates without those that stand still; looks whether those are mended.

        A template that WhatsApp paused is mended once it was seen unapproved and is approved again,
        or when a new version of it was pushed.
        """
        now = self._clock()
        still = {b.template: b for b in self._store.standing().values() if b.is_on(now)}
        mended = [b.name for key, b in still.items() if key and self._is_mended(b, approved)]
        if mended:
            self._store.release(mended, now, by="engine")
        return {
            key: content
            for key, content in approved.items()
            if key not in still or still[key].name in mended
        }

    def look(self, senders: Sequence[SenderHealth]) -> None:
        """Our senders as just read: that it succeeded proves that the credential works again, and
        only good words of the very senders that were poor prove that they no longer are."""
        now = self._clock()
        standing = self._store.standing()
        poor = [one for one in senders if is_poor(one.quality, one.status)]
        if poor:
            said = {one.sender: f"{one.quality} {one.status}".strip() for one in poor}
            self._store.put_on([Brake(BrakeName.QUALITY, since=now, detail=said)])
        on = [name for name in _LOOKED_AT if name in standing and standing[name].is_on(now)]
        if BrakeName.QUALITY in on and not _are_well(senders, standing[BrakeName.QUALITY]):
            on.remove(BrakeName.QUALITY)
        if on:
            self._store.release(on, now, by="engine")

    def go(self, *, by: str, names: Sequence[str] = ()) -> list[str]:
        """A person lets go what is latched, all of it or what is named; answers what went."""
        now = self._clock()
        on = [one.name for one in self._store.standing().values() if one.is_on(now)]
        return self._store.release([n for n in on if not names or n in names], now, by=by)

    def put_on(self, name: BrakeName, detail: Mapping[str, Any]) -> Hold:
        """Latches a brake that another part judges: the canary, the wave."""
        brake = Brake(name, since=self._clock(), detail=detail)
        self._store.put_on([brake])
        return self._hold(brake)

    def _judged(self, now: datetime) -> dict[str, Brake]:
        """All brakes, with those that the last day's failures put on just now."""
        standing = self._store.standing()
        told = self._store.told(now - DAY)
        new = tripped(told, self._fault, standing, now)
        new += self._unexplained(told, standing, now)
        if new:
            self._store.put_on(new)
        return standing | {brake.name: brake for brake in new}

    def _unexplained(
        self, told: Sequence[Told], standing: Mapping[str, Brake], now: datetime
    ) -> list[Brake]:
        known = standing.get(BrakeName.CODES, Brake(BrakeName.CODES))
        if known.is_on(now) or not any(self._is_unexplained(one.code) for one in told):
            return []
        since = max(now - DAY, known.mended_at or now - DAY)
        codes, ended = self._store.failures(since)
        found = {code: n for code, n in codes.items() if self._is_unexplained(code)}
        if not is_unexplained(sum(found.values()), of=ended):
            return []
        often = max(found, key=lambda code: found[code])
        detail = {"codes": found, "of": ended}
        return [Brake(BrakeName.CODES, since=now, code=often, detail=detail)]

    def _is_unexplained(self, code: str) -> bool:
        return self._fault(code).blame is Blame.UNEXPLAINED

    def _is_mended(self, brake: Brake, approved: Contents) -> bool:
        assert brake.template is not None  # noqa: S101 (asked of templates only)
        content = approved.get(brake.template)
        if content is None:
            if not brake.detail.get("seen"):
                self._store.note(brake.name, {**brake.detail, "seen": "not approved"})
            return False
        if not brake.detail.get("sid"):
            self._store.note(brake.name, {**brake.detail, "sid": content.sid})
            return bool(brake.detail.get("seen"))
        return bool(brake.detail.get("seen")) or brake.detail["sid"] != content.sid

    def _room_of(self, line: Line, now: datetime) -> Room:
        return Room.TRIAL if self._is_ours(line) else line.room(now)

    def _is_ours(self, line: Line) -> bool:
        """Nobody else took the trial since this process did."""
        return self._trial_until is not None and line.open_until == self._trial_until

    def _hold(self, brake: Brake) -> Hold:
        return hold_of(brake, self._explain, self._clock())


def _claimed(line: Line, now: datetime) -> tuple[Line, tuple[Room, datetime | None]]:
    """Another process may have taken the trial since we looked."""
    room = line.room(now)
    if room is not Room.TRIAL:
        return line, (room, None)
    claimed = line.claimed(now)
    return claimed, (room, claimed.open_until)


def _are_well(senders: Sequence[SenderHealth], brake: Brake) -> bool:
    """None is poor, and those that were are told of; silence and an empty list prove nothing."""
    told = {one.sender for one in senders if one.quality or one.status}
    are_poor = any(is_poor(one.quality, one.status) for one in senders)
    return not are_poor and bool(told) and told.issuperset(brake.detail)


def _is_trouble(answer: SendAnswer) -> bool:
    """Time-outs, resets, 5xx, 429 and no connection; a refused credential is another matter."""
    if answer.code == "authorization":
        return False
    return answer.result in (SendResult.IN_DOUBT, SendResult.NOT_SENT)
