"""T18: a stop on one form of a number counts for all of them; in a race the commit decides."""

import functools
import random
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from recovery.adapters.db.reach.store import SqlReachStore
from recovery.adapters.db.suppress import suppress
from tests.chaos.judge import judged
from tests.databases import SQLITE
from tests.installation import Crash, Home

#: The same line as people write it: with and without the digit that mobiles once had, or have.
FORMS: tuple[Callable[[int], tuple[str, str]], ...] = (
    lambda n: (f"+52155{n:08}", f"+5255{n:08}"),
    lambda n: (f"+54911{n:08}", f"+5411{n:08}"),
    lambda n: (f"+55119{n:08}", f"+5511{n:08}"),
)
Gate = Callable[[str], None]
PAIRS = 20
RACES = 500


def pairs() -> list[tuple[str, str]]:
    """Sixty people, each with two forms of one number."""
    starts = (91_230_000, 51_230_000, 91_230_000)
    return [form(at + n) for form, at in zip(FORMS, starts, strict=True) for n in range(PAIRS)]


def test_a_stop_on_one_form_of_a_number_counts_for_the_other(home: Home) -> None:
    home.next_day()  # this Monday is a holiday in Argentina
    for number, (known, _) in enumerate(pairs()):
        home.contact(phones=(known,), email=f"first{number}@example.com")
    home.send()
    lines = {m["line"] for m in home.messages()}
    assert len(home.messages()) == len(lines) == len(pairs())
    home.move(minutes=5)
    for message in home.messages():
        home.says(message["to"].removeprefix("whatsapp:"), "STOP")
    home.run("record")
    before = len(home.messages())
    for number, (_, other) in enumerate(pairs()):
        home.contact(phones=(other,), email=f"second{number}@example.com")
    for _ in range(8):
        home.next_day(hour=17)
        home.run("record", "pull", "route", "reach", "record")
    assert len(home.messages()) == before
    judged(home)


def test_a_person_listed_twice_under_two_forms_gets_one_message(home: Home) -> None:
    home.next_day()  # this Monday is a holiday in Argentina
    for number, (one, other) in enumerate(pairs()):
        home.contact(phones=(one,), email=f"first{number}@example.com")
        home.contact(phones=(other,), email=f"second{number}@example.com")
    home.send()
    home.send()
    assert len(home.messages()) == len({m["line"] for m in home.messages()}) == len(pairs())
    judged(home)


def due(home: Home) -> list[tuple[str, str]]:
    """Messages that are intended, by token and key: a process died between intent and sending."""
    for n in range(RACES):
        home.contact(phones=(f"+5255{20_000_000 + n}",))
    home.run("pull", "route")

    def die(*_: Any, **__: Any) -> None:
        raise Crash

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlReachStore, "begin_sending", die)
        patch.setattr("recovery.services.reach.service.GROUP", RACES)
        with pytest.raises(Crash):
            home.fresh.stages.reach()
    rows = home.rows("SELECT token, number_key FROM attempt WHERE state = 'intended'")
    return [(row["token"], row["number_key"]) for row in rows]


def _head_start(chance: random.Random) -> dict[str, float]:
    """Who waits how long: left alone, a busy machine lets the same side win each time."""
    return {chance.choice(("send", "stop")): chance.uniform(0, 0.004)}


def _start(barrier: threading.Barrier, late: dict[str, float], side: str) -> None:
    barrier.wait()
    time.sleep(late.get(side, 0))


@pytest.mark.parametrize("migrated", [SQLITE], indirect=True)
def test_in_a_race_of_stop_and_send_the_earlier_commit_decides(home: Home) -> None:
    seed = random.randrange(10**9)
    print(f"seed {seed}")  # noqa: T201
    chance = random.Random(seed)
    messages = due(home)
    store = SqlReachStore(home.fresh.database)
    order: list[tuple[str, str]] = []
    started: set[str] = set()
    with home.fresh.leases.hold("reach") as lease:
        for token, key in messages:
            store._variables[token] = {}
            gate = functools.partial(_start, threading.Barrier(2), _head_start(chance))

            def send(token: str = token, gate: Gate = gate) -> None:
                def valid_for(_: Mapping[str, object]) -> int:
                    order.append(("send", token))  # inside the transaction: in the order of commits
                    return 3600

                gate("send")
                found, _ = store.begin_sending(
                    [token],
                    home.now,
                    epoch=lease.epoch,
                    fresh_since=home.now - timedelta(minutes=10),
                    valid_for=valid_for,
                )
                started.update(one.token for one in found)

            def stop(token: str = token, key: str = key, gate: Gate = gate) -> None:
                gate("stop")
                with home.fresh.database.begin() as connection:
                    suppress(connection, [key], reason="stop", source="test", at=home.now)
                    order.append(("stop", token))

            threads = [threading.Thread(target=one) for one in (send, stop)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert len(order) == 2 * len(messages)
    place = {event: at for at, event in enumerate(order)}
    stopped_first = {t for t, _ in messages if place["stop", t] < place["send", t]}
    assert started == {token for token, _ in messages} - stopped_first
    assert len(messages) >= 100
    assert 0 < len(stopped_first) < len(messages), "one side always wins: that is no race"
    print(f"{len(messages)} races, {len(stopped_first)} won by the stop")  # noqa: T201
