"""Who bought something is written to about it, as UTILITY: the only text that reaches the US."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recovery.adapters.keap.client import KeapClient
from recovery.adapters.keap.contacts import PAGE_SIZE
from recovery.errors import Call, TemporaryFailure
from recovery.services.ports import Purchase
from tests.databases import Template
from tests.installation import Crash, Home, installed, policy_file

AMERICAN = "+12125550123"


@pytest.fixture
def home(tmp_path: Path, migrated: Template) -> Iterator[Home]:
    with installed(tmp_path, migrated) as home:
        home.fresh.template_service.status()
        yield home


def send(home: Home) -> None:
    """The whole way, orders included."""
    home.run("record", "pull", "route", "reach")


def orders(home: Home, contact: str, product: str, *, at: str = "2026-10-01T12:00:00Z") -> None:
    """The contact ordered something in the firm's shop."""
    home.change(contact, orders=[{"product": product, "at": at}])


def test_the_latest_order_is_named_in_a_utility_text(home: Home):
    contact = home.contact()
    orders(home, contact, "Curso de acuarela")
    orders(home, contact, "Curso de óleo", at="2026-11-01T12:00:00Z")
    send(home)
    step = home.step(contact)
    assert step["template"] == "new_email_order"
    assert "Curso de óleo" in step["body"]
    assert "acuarela" not in step["body"]
    assert home.case(contact)["rule"].endswith(".order")


def test_without_an_order_young_enough_the_plain_text_goes(home: Home):
    contact = home.contact()
    orders(home, contact, "Curso de acuarela", at="2025-11-01T12:00:00Z")
    send(home)
    assert home.step(contact)["template"] == "new_email_first"


def test_to_the_united_states_an_order_is_the_only_way_to_write(home: Home):
    buyer = home.contact(phones=[AMERICAN])
    other = home.contact(phones=["+12125550199"])
    orders(home, buyer, "Watercolour course")
    send(home)
    assert home.step(buyer)["template"] == "new_email_order"
    assert home.case(other)["rule"].startswith("call.")
    assert len(home.messages(AMERICAN)) == 1
    assert home.messages("+12125550199") == []


def test_orders_are_read_to_their_last_page(home: Home):
    bought = [{"product": "Pincel", "at": "2026-10-01T12:00:00Z"}] * PAGE_SIZE
    bought.append({"product": "Curso de acuarela", "at": "2026-10-02T12:00:00Z"})
    home.change(home.contact(), orders=bought)
    asked, _ = home.requests_of(lambda: home.fresh.purchases.read())
    assert asked == 2
    assert home.rows("SELECT title FROM purchase") == [{"title": "Curso de acuarela"}]


def test_orders_are_read_once_and_then_only_what_changed(home: Home):
    contact = home.contact()
    orders(home, contact, "Curso de acuarela")
    home.run("record")
    again, _ = home.requests_of(lambda: home.fresh.purchases.read())
    home.next_day()
    next_day, _ = home.requests_of(lambda: home.fresh.purchases.read())
    assert (again, next_day) == (0, 1)
    assert home.rows("SELECT title FROM purchase") == [{"title": "Curso de acuarela"}]
    home.move(days=400)
    home.fresh.purchases.read()
    assert home.rows("SELECT title FROM purchase") == []


def test_a_keap_that_does_not_tell_all_is_asked_again_an_hour_later(home: Home):
    orders(home, home.contact(), "Curso de acuarela")
    broken = KeapClient.purchases_since

    def cut(client: KeapClient, since: datetime) -> Iterator[tuple[Purchase, ...]]:
        yield from broken(client, since)
        raise TemporaryFailure(Call("keap", "orders"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KeapClient, "purchases_since", cut)
        home.fresh.purchases.read()
    soon, _ = home.requests_of(lambda: home.fresh.purchases.read())
    home.move(hours=1)
    later, _ = home.requests_of(lambda: home.fresh.purchases.read())
    home.move(hours=1)
    done, _ = home.requests_of(lambda: home.fresh.purchases.read())
    assert (soon, later, done) == (0, 1, 0)


def test_what_is_too_old_is_forgotten_together_with_the_look_or_not_at_all(home: Home):
    orders(home, home.contact(), "Curso de acuarela")
    home.run("record")
    home.move(days=400)

    def crash(*given: Any) -> None:
        if given[2].startswith("INSERT INTO meta"):
            raise Crash

    sa.event.listen(home.fresh.database.engine, "before_cursor_execute", crash)
    with pytest.raises(Crash):
        home.fresh.purchases.read()
    assert len(home.rows("SELECT title FROM purchase")) == 1


def test_where_no_text_could_name_it_keap_is_not_asked(tmp_path: Path, migrated: Template):
    policy = policy_file(tmp_path, "templates = { order_days = 0 }\n")
    with installed(tmp_path, migrated, policy=policy) as home:
        contact = home.contact()
        orders(home, contact, "Curso de acuarela")
        asked, _ = home.requests_of(lambda: home.fresh.purchases.read())
        send(home)
        assert asked == 0
        assert home.step(contact)["template"] == "new_email_first"


def test_where_whatsapp_made_it_marketing_it_reaches_no_american(home: Home):
    american = home.contact(phones=[AMERICAN])
    orders(home, american, "Course")
    for content in home.sandbox.twilio.contents.values():
        if content.approval:
            content.approval.category = "MARKETING"
    home.fresh.template_service.status()
    send(home)
    assert home.messages(AMERICAN) == []
    assert home.case(american)["rule"].startswith("call.")
