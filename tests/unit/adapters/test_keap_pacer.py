import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from recovery.adapters.keap.pacer import MemoryPacerStore, Pace, Pacer, PacerState
from recovery.errors import QuotaExhausted

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Time:
    """A clock that only moves when somebody sleeps."""

    def __init__(self, now=MONDAY):
        self.now = now

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += timedelta(seconds=seconds)


def a_pacer(rate, *, time, store=None):
    return Pacer(store or MemoryPacerStore(), rate=rate, clock=time, sleep=time.sleep)


def moments(pacer, time, calls):
    seen = []
    for _ in range(calls):
        pacer.take("listContacts")
        seen.append((time.now - MONDAY).total_seconds())
    return seen


def busiest(seen, seconds):
    return max(sum(start <= m < start + seconds for m in seen) for start in seen)


def test_a_small_burst_may_leave_at_once_and_then_one_call_a_second():
    time = Time()
    assert moments(a_pacer(1, time=time), time, 6) == pytest.approx([0, 0, 0, 1, 2, 3], abs=1e-3)


@pytest.mark.parametrize("rate", [0.2, 1, 3, 7, 9.5, 10])
def test_no_second_and_no_minute_ever_holds_more_than_keap_allows(rate):
    time = Time()
    seen = moments(a_pacer(rate, time=time), time, 900)
    assert busiest(seen, 0.999) <= 10
    assert busiest(seen, 60) <= 240


def test_above_ten_calls_a_second_the_limits_grow_in_proportion():
    assert (Pace(10).a_minute, Pace(10).a_day) == (240, 30_000)
    assert (Pace(100).a_minute, Pace(100).a_day) == (2_400, 300_000)
    time = Time()
    seen = moments(a_pacer(100, time=time), time, 2_400)
    assert 22 <= seen[-1] <= 25
    assert busiest(seen, 0.999) <= 100


def test_at_a_high_rate_the_store_is_written_once_for_a_tenth_of_a_second():
    time, store = Time(), MemoryPacerStore()
    moments(a_pacer(500, time=time, store=store), time, 500)
    assert store.load().version == 10


def test_processes_that_share_a_store_share_the_pace():
    time, store = Time(), MemoryPacerStore()
    one, other = (a_pacer(1, time=time, store=store) for _ in range(2))
    seen = [moments(pacer, time, 1)[0] for pacer in [one, other] * 5]
    assert seen[-1] == pytest.approx(7, abs=1e-3)
    assert one.usage().used == other.usage().used == 10


def test_the_day_ends_with_a_refusal_before_the_call_and_begins_anew_at_midnight_utc():
    time, store = Time(), MemoryPacerStore()
    store.save(PacerState(day="2026-11-23", used=29_999))
    pacer = a_pacer(1, time=time, store=store)
    pacer.take("listContacts")
    with pytest.raises(QuotaExhausted):
        pacer.take("listContacts")
    time.now = datetime(2026, 11, 24, tzinfo=UTC)
    pacer.take("listContacts")
    assert pacer.usage().used == 1


def test_what_keap_says_is_left_stops_every_process_and_is_shown():
    time, store = Time(), MemoryPacerStore()
    one, other = (a_pacer(1, time=time, store=store) for _ in range(2))
    assert one.usage().left is None
    one.note(left=7)
    assert one.usage().left == 7
    one.note(left=0)
    with pytest.raises(QuotaExhausted):
        other.take("listContacts")
    assert other.usage().left == 0


@pytest.mark.parametrize("told", [None, 15])
def test_who_can_wait_leaves_the_last_calls_of_the_day_to_what_people_say(told):
    time, store = Time(), MemoryPacerStore()
    people = a_pacer(1, time=time, store=store)
    archive = Pacer(store, rate=1, keeps=10, clock=time, sleep=time.sleep)
    store.save(replace(store.load(), day=MONDAY.date().isoformat(), used=29_985))
    if told:
        archive.note(left=told)
    for _ in range(5):
        archive.take("getContact")
    with pytest.raises(QuotaExhausted, match="kept for what people say"):
        archive.take("getContact")
    for _ in range(10):
        people.take("createNote")
    with pytest.raises(QuotaExhausted, match="used up"):
        people.take("createNote")


def test_a_pause_holds_all_processes_back():
    time, store = Time(), MemoryPacerStore()
    one, other = (a_pacer(1, time=time, store=store) for _ in range(2))
    one.pause(30)
    assert moments(other, time, 2) == pytest.approx([30, 31], abs=1e-3)


def test_a_clock_set_back_by_a_day_does_not_stop_the_calls_nor_the_pace():
    time, store = Time(MONDAY + timedelta(days=1)), MemoryPacerStore()
    moments(a_pacer(1, time=time, store=store), time, 5)
    time.now = MONDAY
    seen = moments(a_pacer(1, time=time, store=store), time, 8)
    assert 4 <= seen[-1] <= 8


def test_threads_that_take_at_once_never_share_a_turn():
    store = MemoryPacerStore()
    pacers = [Pacer(store, rate=1, clock=lambda: MONDAY, sleep=lambda _: None) for _ in range(4)]
    threads = [
        threading.Thread(target=lambda p=pacer: [p.take("x") for _ in range(50)])
        for pacer in pacers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (store.load().used, store.load().version) == (200, 200)


def test_the_state_survives_its_own_text():
    state = PacerState(3, "2026-11-23", 12, 5, True, 17.5, {179: 4})
    assert PacerState.loads(state.dumps(), version=3) == state
