"""Pacing: how many people a reach may write to now, who of the due they are, and when the others'
turn comes."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Literal, Protocol

from recovery.domain.brakes import BrakeName, is_fair
from recovery.domain.pace import (
    CANARY,
    CAREFUL_LIMIT,
    DAY,
    FIRST_LEVEL,
    HOUR,
    LOOK_AFTER,
    RISES_AFTER,
    Allowance,
    Canary,
    CanaryWord,
    Level,
    Reception,
    allowance,
    canary_word,
    days_until,
    risen,
)
from recovery.errors import TemporaryFailure, Unsupported
from recovery.services.brakes import Brakes
from recovery.services.holds import Hold
from recovery.services.ports import Clock, Messenger, SenderHealth

#: A word on our senders is used so long when they cannot be read.
_REMEMBERED_FOR = DAY
PAGE = 500


@dataclass(frozen=True, slots=True)
class Ready:
    """Cases whose message may leave now, in their order; the others by reason, and what they wait
    for."""

    ids: tuple[int, ...]
    waiting: Counter[str] = field(default_factory=Counter)
    note: str | None = None
    #: How many of them were to wait for another day.
    brought: int = 0


@dataclass(frozen=True, slots=True)
class Used:
    """People written to in the last day and hour by our number."""

    day: Counter[str]
    hour: Counter[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """What may leave by now, for people to see: the allowance, how it is reasoned, what is used."""

    allowance: Allowance
    why: str
    day: int
    hour: int
    levels: dict[str, Level]


@dataclass(frozen=True, slots=True)
class LastCanary:
    """When the last few left, when a person said go, and whether they are asked to."""

    begun_at: datetime
    go_at: datetime | None
    is_asked: bool


class PacingStore(Protocol):
    """What pacing reads and writes; each method is one transaction."""

    def remember(self, senders: Sequence[SenderHealth], now: datetime) -> None:
        """The provider's last word on our senders."""

    def remembered(self, since: datetime) -> list[SenderHealth]:
        """Words not older than this."""

    def levels(self) -> dict[str, Level]:
        """How warm each of our numbers is."""

    def save_levels(self, levels: dict[str, Level]) -> None:
        """New levels."""

    def written_to(self, since: datetime) -> list[tuple[str, datetime]]:
        """People's numbers that we wrote to first since then, each with the last time."""

    def reception(self, since: datetime, until: datetime) -> Reception:
        """How messages of the cadence that left in this time were taken."""

    def takers(self, since: datetime, until: datetime) -> tuple[list[str], list[str]]:
        """Numbers of those whom such messages reached, and of those who minded."""

    def sent(self, since: datetime, until: datetime) -> int:
        """Messages of the cadence that were tried in this time, the refused ones included."""

    def canary(self) -> "LastCanary | None":
        """The few that left last."""

    def begin_canary(self, now: datetime) -> None:
        """Remembers that the few leave now."""

    def numbers(self, case_ids: Sequence[int]) -> dict[int, str]:
        """The numbers that these cases' messages go to."""

    def defer(self, until: dict[int, datetime], reason: str, now: datetime) -> None:
        """Moves messages that are still due to the day of their turn, with the reason on the case;
        who is to be decided anew stays so."""

    def has_deferred(self, now: datetime) -> bool:
        """Somebody waits for the day of their turn."""

    def bring_forward(self, most: int | None, now: datetime) -> tuple[int, ...]:
        """Makes messages due whose day was to come later, the most promising of them."""


class Pacing:
    """The use case; one instance a run."""

    def __init__(
        self,
        *,
        store: PacingStore,
        brakes: Brakes,
        messenger: Messenger,
        sender_for: Callable[[str], str | None],
        our_numbers: Sequence[str],
        pace: Literal["careful", "full"],
        clock: Clock,
    ) -> None:
        self._store = store
        self._brakes = brakes
        self._messenger = messenger
        self._sender_for = sender_for
        self._our_numbers = tuple(our_numbers)
        self._is_careful = pace == "careful"
        self._clock = clock

    def ready(self, due: Sequence[int]) -> Ready:
        """Reads our senders' quality and limit, then shares out what may leave now.

        The most promising come first in `due`. What is beyond the day's allowance gets its day,
        and comes earlier where a higher limit or a risen level makes room.
        """
        if not due and not self._is_looked_for():
            return Ready(())
        senders = self._read_senders()
        now = self._clock()
        levels = self._warmed(senders, now) if self._is_careful else {}
        whole, why = self._allowance(senders, levels)
        if whole.a_day is None:
            brought = self._store.bring_forward(None, now)
            return Ready((*due, *brought), brought=len(brought))
        used = self._used(now)
        room = max(0, whole.a_day - used.day.total() - len(due))
        brought = self._store.bring_forward(room, now) if room else ()
        if not due and not brought:
            return Ready(())
        ready = self._shared_out((*due, *brought), whole, why, levels, used)
        return replace(ready, brought=len(brought))

    def _is_looked_for(self) -> bool:
        """With nobody due a look may still bring somebody forward, or let a brake go."""
        return self._store.has_deferred(self._clock()) or self._brakes.waits_for_a_look

    def _shared_out(
        self,
        due: Sequence[int],
        whole: Allowance,
        why: str,
        levels: dict[str, Level],
        used: Used,
    ) -> Ready:
        chosen = self._chosen(due, whole, levels, used)
        rest = self._wait(due, set(chosen), whole, used, why)
        return (
            self._canary(chosen, rest, self._clock()) if self._is_careful else Ready(chosen, rest)
        )

    def standing(self) -> Standing:
        """What may leave by what is known, without asking anybody."""
        now = self._clock()
        first = {number: Level(FIRST_LEVEL, now) for number in self._our_numbers}
        levels = (self._store.levels() or first) if self._is_careful else {}
        whole, why = self._allowance(self._store.remembered(now - _REMEMBERED_FOR), levels)
        used = self._used(now)
        return Standing(whole, why, used.day.total(), used.hour.total(), levels)

    def _read_senders(self) -> list[SenderHealth]:
        """Ours as the provider tells them now, else as it told them lately.

        Only what is told now lets a brake go: what is remembered proves no credential.
        """
        now = self._clock()
        ours: list[SenderHealth] = []
        try:
            told = self._messenger.senders()
        except Unsupported:
            pass
        except TemporaryFailure:
            return self._store.remembered(now - _REMEMBERED_FOR)
        else:
            ours = [one for one in told if not self._our_numbers or one.sender in self._our_numbers]
            self._store.remember(ours, now)
        self._brakes.look(ours)
        return ours

    def _warmed(self, senders: Sequence[SenderHealth], now: datetime) -> dict[str, Level]:
        """Each number's level, which rises by how its own messages were taken; those we never
        wrote from begin at the first one, and none rises while Meta rates one of ours less than
        high."""
        known = self._store.levels()
        is_held = any(is_fair(one.quality) for one in senders)
        taken = {} if is_held else self._receptions(now - RISES_AFTER, now)
        levels = {
            number: risen(known[number], taken.get(number, Reception()), now)
            if number in known
            else Level(FIRST_LEVEL, now)
            for number in self._our_numbers or ("",)
        }
        if levels != known:
            self._store.save_levels(levels)
        return levels

    def _receptions(self, since: datetime, until: datetime) -> dict[str, Reception]:
        if len(self._our_numbers) < 2:
            return {self._sender(""): self._store.reception(since, until)}
        arrived, minded = (
            Counter(map(self._sender, numbers)) for numbers in self._store.takers(since, until)
        )
        return {one: Reception(arrived[one], minded[one]) for one in self._our_numbers}

    def _allowance(
        self, senders: Sequence[SenderHealth], levels: dict[str, Level]
    ) -> tuple[Allowance, str]:
        """The portfolio's limit is shared by all its numbers; levels add up."""
        told = [one for one in senders if one.limit_told]
        limits = [one.daily_limit for one in told if one.daily_limit is not None]
        limit = min(limits) if limits else None
        why = "WhatsApp's limit of the account"
        if not told and self._is_careful:
            limit, why = CAREFUL_LIMIT, "as long as Twilio does not tell the account's limit"
        warm = sum(level.people for level in levels.values()) if levels else None
        if warm is not None and (limit is None or warm < limit):
            why = "the sender warms up"
        return allowance(limit, warm, spread=self._is_careful), why

    def _used(self, now: datetime) -> Used:
        day: Counter[str] = Counter()
        hour: Counter[str] = Counter()
        for number, at in self._store.written_to(now - DAY):
            sender = self._sender(number)
            day[sender] += 1
            hour[sender] += at > now - HOUR
        return Used(day, hour)

    def _sender(self, number: str) -> str:
        if len(self._our_numbers) < 2:
            return self._our_numbers[0] if self._our_numbers else ""
        return self._sender_for(number) or ""

    def _chosen(
        self, due: Sequence[int], whole: Allowance, levels: dict[str, Level], used: Used
    ) -> tuple[int, ...]:
        left = whole.left(used.day.total(), used.hour.total()) or 0
        rooms = {
            number: allowance(level.people, spread=True).left(used.day[number], used.hour[number])
            for number, level in levels.items()
        }
        return tuple(islice(self._with_room(due, rooms), left))

    def _with_room(self, due: Sequence[int], rooms: dict[str, int | None]) -> list[int]:
        """Those whose sender has room; all, where senders need not warm up."""
        if not any(room is not None for room in rooms.values()):
            return list(due)
        found: list[int] = []
        for start in range(0, len(due), PAGE):
            some = due[start : start + PAGE]
            numbers = self._store.numbers(some)
            for case_id in some:
                sender = self._sender(numbers.get(case_id, ""))
                # Without a sender for their country it fails at once, and visibly.
                room = rooms.get(sender, 1) or 0
                if room > 0:
                    found.append(case_id)
                if room > 0 and sender in rooms:
                    rooms[sender] = room - 1
            if not any(rooms.values()):
                break
        return found

    def _wait(
        self, due: Sequence[int], chosen: set[int], whole: Allowance, used: Used, why: str
    ) -> Counter[str]:
        """Who may still leave today stays due; the others get the day on which their turn comes."""
        rest = [case_id for case_id in due if case_id not in chosen]
        if not rest or whole.a_day is None:
            return Counter()
        today = max(0, whole.a_day - used.day.total() - len(chosen))
        now = self._clock()
        until = {
            case_id: now + DAY * days_until(place, whole.a_day)
            for place, case_id in enumerate(rest[today:])
        }
        if until:
            reason = f"today's {whole.a_day:,} people are written to ({why})"
            self._store.defer(until, reason, now)
        return Counter({"later_today": len(rest[:today]), "allowance_used_up": len(until)})

    def _canary(self, chosen: tuple[int, ...], rest: Counter[str], now: datetime) -> Ready:
        last = self._store.canary()
        canary = self._taken(last) if last else None
        word = canary_word(canary, due=len(chosen), now=now)
        match CanaryWord.BAD if last and last.is_asked else word:
            case CanaryWord.NOT_NEEDED | CanaryWord.GO:
                return Ready(chosen, rest)
            case CanaryWord.BEGIN:
                self._store.begin_canary(now)
                later = len(chosen) - CANARY
                note = f"canary: {CANARY} messages first, the other {later:,} once they are judged"
                return Ready(chosen[:CANARY], rest + Counter({"canary": later}), note)
            case CanaryWord.WAIT:
                note = "canary: the first messages are judged half an hour after they left"
            case CanaryWord.BAD:
                assert canary is not None  # noqa: S101 (it was judged)
                note = f"canary: {self._ask(canary)}"
        return Ready((), rest + Counter({"canary": len(chosen)}), note)

    def _ask(self, canary: Canary) -> Hold:
        """A person looks at the few before the many leave."""
        taken = canary.reception
        detail = {
            "begun_at": canary.begun_at.isoformat(),
            "sent": canary.sent,
            "delivered": taken.delivered,
            "bad": taken.bad,
        }
        return self._brakes.put_on(BrakeName.CANARY, detail)

    def _taken(self, last: LastCanary) -> Canary:
        # Nothing else leaves before they are judged.
        since, until = last.begun_at, last.begun_at + LOOK_AFTER
        sent, taken = self._store.sent(since, until), self._store.reception(since, until)
        is_cleared = last.go_at is not None and last.go_at >= since
        return Canary(since, sent, taken, is_cleared)
