"""Who changes several cases, contacts or addresses takes them in the order of their keys: two that
took them otherwise would wait for each other. On SQLite only one writes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.calls.news import SqlCallNewsStore
from recovery.adapters.db.cases import CASE, CONTACT, OPEN_KEY
from recovery.adapters.db.placed import PLACED
from recovery.adapters.db.pull.copies import Moment, save_facts
from recovery.adapters.db.pull.second_addresses import follow_second_addresses
from recovery.adapters.db.pull.store import Listing
from recovery.adapters.db.record.news import decide_anew
from recovery.adapters.db.route.policy import follow_policy
from recovery.adapters.db.sql import table
from recovery.adapters.db.suppress import suppress
from recovery.adapters.db.tables.people import AddressRow, ContactKeyRow
from recovery.bootstrap import Recovery
from recovery.domain.email_status import EmailStatus
from recovery.domain.phone_call import Leg
from recovery.services.calls.store import CallNews
from recovery.services.ports import StatusRow
from recovery.services.pull.reading import ContactFacts
from tests.installation import BRAZILIAN, MEXICAN, Home
from tests.meanwhile import ON_POSTGRESQL

pytestmark = ON_POSTGRESQL

Both = list[str]


def two(home: Home) -> Both:
    """Two people with a case each and a second address; the first is stored behind the other."""
    both = [home.contact(phones=[phone], tags=[]) for phone in (MEXICAN, BRAZILIAN)]
    for one in both:
        emails = [(f"ana{one}@example.com", "EMAIL1"), (f"casa{one}@example.com", "EMAIL2")]
        listed = [{"email": email, "field": field} for email, field in emails]
        home.change(one, fields={"email_addresses": listed})
        home.change(one, email_status={emails[0][0]: "HARD_BOUNCE"})
    home.run("pull", "route")
    assert home.case(both[0])["id"] < home.case(both[1])["id"]
    with home.fresh.database.begin() as connection:
        for rows, key in ((CASE, CASE.c.contact_id), (CONTACT, CONTACT.c.id)):
            connection.execute(rows.update().where(key == both[0]).values(owner_id=None))
        for rows, key in ((OPEN_KEY, f"c{both[0]}"), (table(ContactKeyRow), both[0])):
            of_first = rows.c.key == key if rows is OPEN_KEY else rows.c.contact_id == key
            connection.execute(rows.update().where(of_first).values(key=rows.c.key))
    return both


def row(email: str, status: EmailStatus) -> StatusRow:
    return StatusRow(email, status, status.value)


@contextmanager
def as_stored(process: Recovery) -> Iterator[sa.Connection]:
    """A transaction that reads rows as they lie, as PostgreSQL may choose where they are many."""
    with process.database.begin() as connection:
        for way in ("indexscan", "indexonlyscan", "bitmapscan"):
            connection.execute(sa.text(f"SET LOCAL enable_{way} = off"))
        yield connection


def news(process: Recovery, both: Both, home: Home) -> None:
    with as_stored(process) as connection:
        decide_anew(connection, [home.case(one)["id"] for one in both], home.now)


def healing(process: Recovery, both: Both, home: Home) -> None:
    healed = {
        process.keys.email(f"ana{one}@example.com"): row(
            f"ana{one}@example.com", EmailStatus.SINGLE_OPT_IN
        )
        for one in reversed(both)
    }
    with as_stored(process) as connection:
        cases.statuses_changed(connection, healed, home.now)


def second_addresses(process: Recovery, both: Both, home: Home) -> None:
    changed = {
        process.keys.email(f"casa{one}@example.com"): row(
            f"casa{one}@example.com", EmailStatus.SINGLE_OPT_IN
        )
        for one in reversed(both)
    }
    with as_stored(process) as connection:
        follow_second_addresses(connection, changed, home.now)


def noes(process: Recovery, _: Both, home: Home) -> None:
    keys = [
        one["next_number_key"] for one in home.rows("SELECT next_number_key FROM recovery_case")
    ]
    with as_stored(process) as connection:
        suppress(connection, keys, reason="listed", source="a list", at=home.now)


def policy(process: Recovery, _: Both, home: Home) -> None:
    with as_stored(process) as connection:
        follow_policy(connection, "another", home.now)


def carrier(process: Recovery, both: Both, home: Home) -> None:
    told = [CallNews(f"of {one}", f"CA{one}", Leg.REP, None, home.now) for one in reversed(both)]
    SqlCallNewsStore(process.database).apply(told, home.now)


Act = Callable[[Recovery, Both, Home], None]


@pytest.mark.parametrize("act", [news, healing, second_addresses, noes, policy, carrier])
def test_who_waits_for_a_case_holds_none_that_comes_after_it(home: Home, act: Act) -> None:
    both = two(home)
    process = home.another()
    if act is carrier:
        place(home, both)
    first, second = (int(home.case(one)["id"]) for one in both)
    takes_in_order(home, CASE.c.id, first, second, lambda: act(process, both, home))


def takes_in_order(
    home: Home, column: sa.Column[Any], first: Any, second: Any, does: Callable[[], object]
) -> None:
    """Who waits for the first row has not taken the second."""
    work = threading.Thread(target=does)
    held = sa.select(column).where(column == first).with_for_update()
    other = sa.select(column).where(column == second).with_for_update(skip_locked=True)
    with home.fresh.database.begin() as connection:
        connection.execute(held)
        work.start()
        work.join(0.5)
        assert work.is_alive()
        assert connection.execute(other).scalar() == second
    work.join()


def place(home: Home, both: Both) -> None:
    """A call of each is under way."""
    home.fresh.reach.queue_calls()
    with home.fresh.database.begin() as connection:
        for one in both:
            (call,) = home.attempts(one).values()
            values: dict[str, Any] = {
                "attempt_id": call["id"],
                **{name: call[name] for name in ("case_id", "contact_id", "number_key")},
                "token": f"of {one}",
                "rep": "ana@firm.example",
                "rep_number": "",
                "nth": 1,
                "language": "es",
                "caller_id": "",
                "phase": "sending",
                "case_version": 1,
                "created_at": home.now,
                "sending_at": home.now,
                "looks": 0,
                "given_up": False,
            }
            connection.execute(PLACED.insert().values(**values))


@pytest.mark.parametrize("turned", [False, True])
def test_two_who_read_the_same_addresses_store_them_in_one_order(home: Home, turned: bool) -> None:
    process, emails = home.another(), ["a@example.com", "b@example.com"]
    rows = [row(email, EmailStatus.HARD_BOUNCE) for email in emails]
    with home.fresh.database.begin() as connection:
        Listing(connection, home.fresh.keys, home.now).save(rows)

    def read() -> None:
        with process.database.begin() as connection:
            Listing(connection, process.keys, home.now).save(rows[::-1] if turned else rows)

    first, second = sorted(process.keys.email(email) for email in emails)
    takes_in_order(home, table(AddressRow).c.key, first, second, read)


def test_two_who_read_the_same_contacts_store_them_in_one_order(home: Home) -> None:
    first, second = both = two(home)
    process = home.another()
    bounced = EmailStatus.HARD_BOUNCE
    facts = [ContactFacts(one, bounced, None, None, (), None, None, None) for one in reversed(both)]

    def read() -> None:
        with process.database.begin() as connection:
            save_facts(connection, facts, Moment(at=home.now, read_at=home.now))

    takes_in_order(home, CONTACT.c.id, first, second, read)
