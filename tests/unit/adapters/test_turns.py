"""Writers of one process: one at a time, in the order they came, and none waits for ever."""

import threading

import pytest

from recovery.adapters.db.turns import Turns


def taken(turns: Turns, order: list[str], name: str) -> threading.Thread:
    """A thread that waits for its turn and hands it on."""

    def work() -> None:
        turns.take(5)
        order.append(name)
        turns.hand_on()

    before = len(turns._waiting)
    thread = threading.Thread(target=work)
    thread.start()
    while len(turns._waiting) == before:
        pass
    return thread


def test_turns_come_in_the_order_they_were_asked_for() -> None:
    turns, order = Turns(), list[str]()
    turns.take(0)
    threads = [taken(turns, order, name) for name in "abcdefgh"]
    turns.hand_on()
    for thread in threads:
        thread.join(5)
    assert "".join(order) == "abcdefgh"


def test_who_just_had_a_turn_comes_after_who_waits() -> None:
    turns, order = Turns(), list[str]()
    turns.take(0)
    thread = taken(turns, order, "waited")
    turns.hand_on()
    turns.take(5)
    order.append("again")
    thread.join(5)
    assert order == ["waited", "again"]


def test_who_gives_up_waiting_stands_in_nobodys_way() -> None:
    turns = Turns()
    turns.take(0)
    with pytest.raises(TimeoutError):
        turns.take(0.01)
    turns.hand_on()
    turns.take(0.01)
