"""Pulling: ours from page to opened case, and inserts of the very rows it makes."""

import hmac
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import phonenumbers
import sqlalchemy as sa
import urllib3
from phonenumbers import timezone

from benchmarks.contender import Done, Job
from benchmarks.place import Place
from recovery.adapters.db.cases import CASE, CONTACT, MEMBER, OPEN_KEY, OUTCOME
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import AddressRow, ConsentRow, ContactKeyRow
from recovery.memory import collect_seldom
from recovery.sandbox.options import KEAP_TOKEN

Rows = list[dict[str, Any]]
Page = dict[str, Any]
_PAGE = 1000
_ADDRESS = table(AddressRow)
#: What hangs on a contact and is stored with its page.
_HANGING = (table(ContactKeyRow), table(ConsentRow))
_CASES = (CASE, MEMBER, OPEN_KEY, OUTCOME)


def pull(place: Place) -> Job:
    """Ours: the status list, all contacts, their numbers, zones, keyed hashes, and cases."""
    recovery = place.recovery("empty.db")
    return lambda: Done(recovery.pull.run().counts["pulled"])


def pull_bare(place: Place) -> Job:
    """Fetches and parses the same pages and inserts the finished rows, a transaction a page."""
    return _inserting(place, lambda _: None)


def pull_by_hand(place: Place) -> Job:
    """The same, and what any script must do to have such rows: read numbers, zones, hashes."""
    return _inserting(place, _read)


def _inserting(place: Place, work_on: Callable[[Page], None]) -> Job:
    rows = _finished_rows(place)
    place.copy("empty.db")
    collect_seldom()  # as every installation of ours: what the ratio compares is the work
    database = Database(f"sqlite:///{place.own / 'recovery.db'}")
    targets = json.loads((place.shared / "pages.json").read_text())
    return lambda: _insert_all(place, database, targets, rows, work_on)


def _finished_rows(place: Place) -> dict[str, Rows]:
    database = Database(f"sqlite:///{place.shared / 'pulled.db'}")
    with database.read() as connection:
        found = {
            target.name: [dict(row) for row in connection.execute(sa.select(target)).mappings()]
            for target in (_ADDRESS, CONTACT, *_HANGING, *_CASES)
        }
    database.dispose()
    return found


def _insert_all(
    place: Place,
    database: Database,
    targets: list[str],
    rows: dict[str, Rows],
    work_on: Callable[[Page], None],
) -> Done:
    addresses, contacts = _pieces(rows[_ADDRESS.name]), _pieces(rows[CONTACT.name])
    hanging = {target: _by_contact(rows[target.name]) for target in _HANGING}
    http = urllib3.PoolManager(headers={"Authorization": f"Bearer {KEAP_TOKEN}"})
    for target in targets:
        page = json.loads(http.request("GET", place.url + target).data)
        work_on(page)
        with database.begin() as connection:
            if "email_addresses" in page:
                _insert(connection, _ADDRESS, next(addresses, []))
                continue
            some: Rows = next(contacts, [])
            _insert(connection, CONTACT, some)
            for one, by in hanging.items():
                _insert(connection, one, [row for c in some for row in by[c["id"]]])
    with database.begin() as connection:
        for target_ in _CASES:
            _insert(connection, target_, rows[target_.name])
    return Done(len(rows[CONTACT.name]))


def _pieces(rows: Rows) -> Iterator[Rows]:
    return iter([rows[start : start + _PAGE] for start in range(0, len(rows), _PAGE)])


def _by_contact(rows: Rows) -> dict[str, Rows]:
    found: dict[str, Rows] = defaultdict(list)
    for row in rows:
        found[row["contact_id"]].append(row)
    return found


def _insert(connection: sa.Connection, target: sa.Table, rows: Rows) -> None:
    if rows:
        connection.execute(target.insert(), rows)


def _read(page: Page) -> None:
    for contact in page.get("contacts", ()):
        for phone in contact.get("phone_numbers") or ():
            _read_number(phone.get("number") or "", contact)
        for address in contact.get("email_addresses") or ():
            hmac.digest(b"key", address["email"].encode(), "sha256")


def _read_number(text: str, contact: Page) -> None:
    address = (contact.get("addresses") or [{}])[0]
    try:
        number = phonenumbers.parse(text, (address.get("country_code") or "")[:2] or None)
    except phonenumbers.NumberParseException:
        return
    if phonenumbers.is_valid_number(number):
        phonenumbers.number_type(number)
        timezone.time_zones_for_number(number)
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        hmac.digest(b"key", e164.encode(), "sha256")
