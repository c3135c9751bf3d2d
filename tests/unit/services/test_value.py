"""What a card shows of orders: one call a contact and day, and no page that waits for it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Event

from recovery.errors import Call, QuotaExhausted
from recovery.services.ports import Order
from recovery.services.reps.value import Bought, Values

NOON = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
EARLY = Order(NOON - timedelta(days=90), "$120.00")
LATE = Order(NOON - timedelta(days=9), "$80.00")


class Shop:
    """Keap's orders, and how often they were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.open = Event()
        self.open.set()
        self.orders: Sequence[Order] = [EARLY, LATE, Order(None, "$1.00")]
        self.trouble: QuotaExhausted | None = None
        self.now = NOON
        self.values = Values(self.read, clock=lambda: self.now)

    def read(self, contact_id: str) -> Sequence[Order]:
        self.asked.append(contact_id)
        self.open.wait(9)
        if self.trouble:
            raise self.trouble
        return self.orders


def test_orders_are_asked_for_once_a_day_and_contact() -> None:
    shop = Shop()
    told = [shop.values.of([contact]) for contact in ("7", "7", "8")]
    assert told == [Bought(3, LATE.at, "$80.00")] * 3
    assert shop.asked == ["7", "8"]
    shop.now += timedelta(hours=25)
    shop.values.of(["7"])
    assert shop.asked == ["7", "8", "7"]


def test_a_slow_keap_keeps_no_page_waiting_and_its_answer_is_there_for_the_next() -> None:
    shop = Shop()
    shop.open.clear()
    assert shop.values.of(["7"], patience=0.01) is None
    assert shop.values.of(["7"], patience=0.01) is None
    shop.open.set()
    assert shop.values.of(["7"]) == Bought(3, LATE.at, "$80.00")
    assert shop.asked == ["7"]


def test_a_keap_that_cannot_be_asked_is_left_alone_for_a_while() -> None:
    shop = Shop()
    shop.trouble = QuotaExhausted(Call("keap", "orders"))
    assert [shop.values.of(["7"]), shop.values.of(["7"])] == [None, None]
    assert shop.asked == ["7"]
    shop.trouble = None
    shop.now += timedelta(minutes=6)
    assert shop.values.of(["7"]) == Bought(3, LATE.at, "$80.00")


def test_all_records_of_a_person_count_however_many_they_are() -> None:
    shop = Shop()
    assert shop.values.of(["7", "8", "9", "10", "11"]) == Bought(15, LATE.at, "$80.00")
    assert shop.asked == ["7", "8", "9", "10", "11"]


def test_nothing_is_said_of_a_person_while_one_record_is_not_known() -> None:
    shop = Shop()
    shop.values.of(["7"])
    shop.trouble = QuotaExhausted(Call("keap", "orders"))
    assert shop.values.of(["7", "8"]) is None
    assert shop.values.of([]) is None


def test_who_bought_nothing_is_told_from_whom_keap_did_not_tell_of() -> None:
    shop = Shop()
    shop.orders = []
    assert shop.values.of(["7", "8"]) == Bought(0, None, "")
