"""Calls that nobody told the end of are asked about, leg by leg."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recovery.domain.phone_call import Leg, LegStatus, Phase, PlacedCall
from recovery.services.calls.store import CallDoubt, CallNews, OpenCall
from recovery.services.calls.telephony import ProviderCall
from recovery.services.calls.upkeep import LOOKS, CallKeeper

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
REP, LINE = "+13105550177", "+13105550100"


def listed(sid: str, status: str = "completed", **more: Any) -> ProviderCall:
    return replace(ProviderCall(sid, REP, LINE, status, NOW, seconds=42), **more)


@dataclass
class Twilio:
    """Calls by id, legs by their parent, and what was hung up."""

    calls: dict[str, ProviderCall] = field(default_factory=dict)
    legs: dict[str, tuple[ProviderCall, ...]] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)

    def call(self, sid: str) -> ProviderCall | None:
        return self.calls.get(sid)

    def legs_of(self, sid: str) -> tuple[ProviderCall, ...]:
        return self.legs.get(sid, ())

    def calls_to(self, number: str, *, since: datetime) -> tuple[ProviderCall, ...]:
        return tuple(c for c in self.calls.values() if c.to == number and c.created_at >= since)

    def hang_up(self, sid: str, *, answered: bool) -> None:
        self.ended.append(sid)


@dataclass
class Store:
    """What is asked about, and what came of it."""

    open: list[OpenCall] = field(default_factory=list)
    doubtful: list[CallDoubt] = field(default_factory=list)
    taken: frozenset[str] = frozenset()
    heard: list[CallNews] = field(default_factory=list)
    looks: list[tuple[str, datetime | None]] = field(default_factory=list)

    def news(self, limit: int) -> list[CallNews]:
        return []

    def apply(self, news: list[CallNews], now: datetime) -> int:
        self.heard += news
        return len(news)

    def orphans_into_doubt(self, before: datetime, now: datetime) -> int:
        return 0

    def doubts(self, now: datetime) -> list[CallDoubt]:
        return self.doubtful

    def bound(self, sids: list[str]) -> frozenset[str]:
        return self.taken

    def not_found(self, token: str, now: datetime, *, next_look: datetime | None) -> None:
        self.looks.append((token, next_look))

    def under_way(self, now: datetime) -> list[OpenCall]:
        return self.open

    def looked(self, token: str, now: datetime, *, next_look: datetime | None) -> None:
        self.looks.append((token, next_look))


def run(store: Store, twilio: Twilio) -> Any:
    return CallKeeper(store=store, caller=twilio, clock=lambda: NOW).run()  # type: ignore[arg-type]


def under_way(*, dialled: bool, looks: int = 0, sent: timedelta = timedelta(minutes=5)) -> OpenCall:
    placed = PlacedCall(Phase.PLACED, LegStatus.IN_PROGRESS, None, NOW if dialled else None)
    return OpenCall("token", "CA1", placed, NOW - sent, looks)


def test_both_legs_of_a_dialled_call_are_asked_about() -> None:
    store, twilio = Store([under_way(dialled=True)]), Twilio({"CA1": listed("CA1")})
    twilio.legs["CA1"] = (listed("CA2", to="+525512345678", answered_by="machine_start"),)
    assert run(store, twilio).repaired == 2
    legs = [(one.leg, one.sid, one.status, one.answered_by) for one in store.heard]
    assert legs == [
        (Leg.REP, "CA1", LegStatus.COMPLETED, None),
        (Leg.CONTACT, "CA2", LegStatus.COMPLETED, "machine_start"),
    ]
    assert store.heard[1].seconds == 42


def test_a_call_that_dialled_nobody_has_no_other_leg() -> None:
    store, twilio = Store([under_way(dialled=False)]), Twilio({"CA1": listed("CA1")})
    twilio.legs["CA1"] = (listed("CA2"),)
    run(store, twilio)
    assert [one.leg for one in store.heard] == [Leg.REP]


@pytest.mark.parametrize(("status", "ended"), [("queued", ["CA1"]), ("ringing", [])])
def test_only_what_is_still_queued_is_taken_back(status: str, ended: list[str]) -> None:
    store, twilio = Store([under_way(dialled=False)]), Twilio({"CA1": listed("CA1", status)})
    run(store, twilio)
    assert twilio.ended == ended


def test_looks_grow_rarer_and_end() -> None:
    pauses = []
    for looks in range(13):
        store = Store([under_way(dialled=True, looks=looks)])
        run(store, Twilio())
        [(_, next_look)] = store.looks
        pauses.append(next_look and next_look - NOW)
    assert pauses[0] == timedelta(minutes=1)
    assert pauses[-2] == timedelta(minutes=30)
    assert pauses[-1] is None


@pytest.mark.parametrize(
    "found",
    [
        [listed("CA1", caller_id="+15550000")],
        [listed("CA1", created_at=NOW - timedelta(hours=1))],
        [listed("CA1", created_at=NOW + timedelta(minutes=9))],
        [listed("CA1"), listed("CA2")],
        [],
    ],
)
def test_a_doubt_is_settled_by_nothing_but_the_one_fitting_call(found: list[ProviderCall]) -> None:
    doubt = CallDoubt("token", REP, LINE, NOW, looks=0)
    store = Store(doubtful=[doubt])
    counts = run(store, Twilio({one.sid: one for one in found}))
    assert (counts.settled, store.heard) == (0, [])
    assert store.looks == [("token", NOW + LOOKS[1])]


def test_a_call_of_another_order_settles_no_doubt() -> None:
    store = Store(doubtful=[CallDoubt("token", REP, LINE, NOW, looks=2)], taken=frozenset({"CA1"}))
    counts = run(store, Twilio({"CA1": listed("CA1")}))
    assert (counts.settled, counts.absent) == (0, 1)
    assert store.looks == [("token", None)]


def test_the_one_fitting_call_is_bound() -> None:
    store = Store(doubtful=[CallDoubt("token", REP, LINE, NOW, looks=0)])
    assert run(store, Twilio({"CA1": listed("CA1", "ringing")})).settled == 1
    assert [(one.token, one.sid, one.leg) for one in store.heard] == [("token", "CA1", Leg.REP)]
