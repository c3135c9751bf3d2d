"""Sandbox time, what goes wrong by plan, and the ledger's numbers."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from recovery.sandbox.clock import Clock
from recovery.sandbox.faults import HTTP_FAULTS, Fault, Faults
from recovery.sandbox.ledger import Ledger

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def note(clock, seen, name):
    async def event():
        seen.append((name, clock.now()))

    return event


def test_a_move_fires_what_is_due_in_order_each_at_its_own_time():
    clock, seen = Clock(start=NOON), []
    for name, hours in (("late", 3), ("soon", 1), ("after", 9)):
        clock.schedule(NOON + hours * HOUR, note(clock, seen, name))
    assert asyncio.run(clock.move(NOON + 5 * HOUR)) == 2
    assert seen == [("soon", NOON + HOUR), ("late", NOON + 3 * HOUR)]
    assert clock.now() == NOON + 5 * HOUR
    assert clock.pending == 1


def test_an_event_may_schedule_another_that_falls_into_the_same_move():
    clock, seen = Clock(start=NOON), []

    async def first():
        clock.schedule(clock.now() + HOUR, note(clock, seen, "second"))

    clock.schedule(NOON + HOUR, first)
    asyncio.run(clock.move(NOON + 2 * HOUR))
    assert seen == [("second", NOON + 2 * HOUR)]


def test_a_failing_event_does_not_stop_time(caplog):
    clock, seen = Clock(start=NOON), []

    async def broken():
        raise ZeroDivisionError

    clock.schedule(NOON, broken)
    clock.schedule(NOON, note(clock, seen, "next"))
    assert asyncio.run(clock.move(NOON)) == 2
    assert seen
    assert "event of the sandbox failed" in caplog.text


def test_virtual_time_stands_still_and_never_goes_back():
    clock = Clock(start=NOON)
    assert clock.now() == clock.now() == NOON
    with pytest.raises(ValueError, match="only moves forward"):
        asyncio.run(clock.move(NOON - HOUR))


def test_in_real_time_people_are_hurried_and_dates_are_not():
    clock, seen = Clock(speed=3_600_000), []
    in_an_hour = datetime.now(UTC) + HOUR

    async def live():
        clock.schedule(in_an_hour, note(clock, seen, "person"))
        clock.on_date(in_an_hour, note(clock, seen, "wave"))
        clock.start()
        async with asyncio.timeout(5):
            while not seen:
                await asyncio.sleep(0.001)
        assert [name for name, _ in seen] == ["person"]
        return await clock.move(in_an_hour)

    assert asyncio.run(live()) == 1
    assert [name for name, _ in seen] == ["person", "wave"]


def test_faults_are_a_function_of_seed_and_request_number():
    def run(seed):
        faults = Faults(seed=seed, rate=0.2)
        return [faults.decide("POST /x", number) for number in range(500)]

    assert run(1) == run(1)
    assert run(1) != run(2)
    assert 60 < sum(kind is not None for kind in run(1)) < 140
    assert {kind for kind in run(1) if kind} == HTTP_FAULTS


def test_a_script_strikes_matching_requests_one_by_one():
    faults = Faults(seed=1)
    faults.plan(match="POST .*Messages", script=["none", "timeout"])
    assert faults.decide("GET /Messages", 1) is None
    answers = [faults.decide("POST /a/Messages", number) for number in (2, 3, 4)]
    assert answers == [None, Fault.TIMEOUT, None]


@pytest.mark.parametrize("plan", [{"rate": 2}, {"kinds": ["earthquake"]}])
def test_a_plan_that_makes_no_sense_is_refused(plan):
    with pytest.raises(ValueError):
        Faults(seed=1).plan(**plan)


def test_the_ledger_counts_from_one_and_tells_what_is_new():
    ledger = Ledger(Clock(start=NOON))
    assert [ledger.append("message", to="a"), ledger.append("call", to="b")] == [1, 2]
    (only,) = ledger.records(since=1)
    assert (only["n"], only["kind"], only["to"], only["at"]) == (2, "call", "b", NOON.isoformat())
