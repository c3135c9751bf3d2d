"""What a policy means for today's base: who would be written to, called, or left out, and why."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from recovery.adapters.db.contact_data import StoredNumber, numbers_in
from recovery.adapters.db.engine import Database
from recovery.adapters.db.following import is_over
from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables.people import (
    CaseContactRow,
    CaseRow,
    ConsentRow,
    ContactKeyRow,
    ContactRow,
    OpenKeyRow,
    SuppressionRow,
)
from recovery.domain.case import Channel
from recovery.domain.consent import call_number, why_no_call, why_no_whatsapp
from recovery.domain.contact import ContactId
from recovery.domain.country import Countries
from recovery.domain.email_status import DELIVERABLE, FAULTS, EmailStatus
from recovery.domain.person import Basis, Consent, Member, Number, Person
from recovery.domain.policy import Open, Policy

_CONTACT = table(ContactRow)
_KEY = table(ContactKeyRow)
_CONSENT = table(ConsentRow)
_SUPPRESSION = table(SuppressionRow)
_CASE = table(CaseRow)
_MEMBER = table(CaseContactRow)
_OPEN_KEY = table(OpenKeyRow)
_PAGE = 500
#: Why a person gets neither a message nor a call.
_SAME_PERSON = "the same person as another contact"
_NO_CASE = "the policy opens no case in this status"
_ON_REQUEST = "only when a manager asks for it"
_FREE_WIN = "another address of theirs works: a manager decides"
_TRIED = "had their case already"


@dataclass(slots=True)
class StatusOutlook:
    """One status: how many contacts, messages and calls, and why the others get nothing.

    `calls` is at most: whoever answers needs fewer. `later` wait for the policy's after_days.
    """

    status: EmailStatus
    contacts: int = 0
    messaged: int = 0
    called: int = 0
    calls: int = 0
    later: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    no_whatsapp: Counter[str] = field(default_factory=Counter)


def outlook(
    database: Database, policy: Policy, countries: Countries, *, now: datetime
) -> list[StatusOutlook]:
    """One line for each status that anybody has; reads the whole base once, by pages."""
    judge = _Judge(policy, countries, now)
    with database.read() as connection:
        for rows in _pages(connection):
            judge.page(rows, _Beside(connection, [row["id"] for row in rows]))
    return sorted(judge.lines.values(), key=lambda line: (line.status.number or 99, line.status))


def _pages(connection: sa.Connection) -> Iterator[Sequence[sa.RowMapping]]:
    after = ""
    while True:
        query = (
            sa.select(_CONTACT)
            .where(_CONTACT.c.id > after, _CONTACT.c.data.is_not(None))
            .where(_CONTACT.c.status.not_in(sorted(DELIVERABLE)))
            .order_by(_CONTACT.c.id)
            .limit(_PAGE)
        )
        rows = connection.execute(query).mappings().all()
        if not rows:
            return
        yield rows
        after = rows[-1]["id"]


class _Beside:
    """What is known of a page of contacts beside their own rows."""

    def __init__(self, connection: sa.Connection, ids: Sequence[str]) -> None:
        self.keys: dict[str, set[str]] = {one: set() for one in ids}
        self.consents: dict[str, list[Consent]] = {}
        keyed = sa.select(_KEY.c.contact_id, _KEY.c.key).where(_KEY.c.contact_id.in_(ids))
        for contact_id, key in connection.execute(keyed):
            self.keys[contact_id].add(key)
        agreed = sa.select(_CONSENT).where(_CONSENT.c.contact_id.in_(ids))
        for row in connection.execute(agreed).mappings():
            one = Consent(Channel(row["channel"]), Basis(row["basis"]), row["at"], row["source"])
            self.consents.setdefault(row["contact_id"], []).append(one)
        every = sorted(set().union(*self.keys.values()))
        self.silenced = _silenced(connection, every)
        self.holders = _holders(connection, every)
        self.tried = _tried(connection, ids)
        self.works = _deliverable(connection, every)


def _silenced(connection: sa.Connection, keys: Sequence[str]) -> dict[str, set[Channel]]:
    found: dict[str, set[Channel]] = {}
    for some in chunks(keys):
        query = sa.select(_SUPPRESSION.c.key, _SUPPRESSION.c.channel).where(
            _SUPPRESSION.c.key.in_(some), _SUPPRESSION.c.lifted_at.is_(None)
        )
        for key, channel in connection.execute(query):
            every = set(Channel) if channel == "all" else {Channel(channel)}
            found.setdefault(key, set()).update(every)
    return found


def _holders(connection: sa.Connection, keys: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in chunks(keys):
        query = (
            sa.select(_KEY.c.key, sa.func.count())
            .where(_KEY.c.key.in_(some))
            .group_by(_KEY.c.key)
            .having(sa.func.count() > 1)
        )
        found.update((key, held) for key, held in connection.execute(query))
    return found


def _tried(connection: sa.Connection, ids: Sequence[str]) -> set[str]:
    query = (
        sa.select(_MEMBER.c.contact_id)
        .join(_CASE, _CASE.c.id == _MEMBER.c.case_id)
        .join(_CONTACT, _CONTACT.c.id == _MEMBER.c.contact_id)
        .where(_MEMBER.c.contact_id.in_(ids), is_over())
    )
    open_ = sa.select(_OPEN_KEY.c.key).where(_OPEN_KEY.c.key.in_([f"c{one}" for one in ids]))
    still_open = {key[1:] for key in connection.execute(open_).scalars()}
    return set(connection.execute(query).scalars()) - still_open


def _deliverable(connection: sa.Connection, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(keys):
        query = (
            sa.select(_KEY.c.key)
            .join(_CONTACT, _CONTACT.c.id == _KEY.c.contact_id)
            .where(_KEY.c.key.in_(some), _CONTACT.c.status.in_(sorted(DELIVERABLE)))
        )
        found.update(connection.execute(query).scalars())
    return found


class _Judge:
    """Asks the domain's own rules about each contact; the first of a person stands for all."""

    def __init__(self, policy: Policy, countries: Countries, now: datetime) -> None:
        self.lines: dict[EmailStatus, StatusOutlook] = {}
        self._policy = policy
        self._countries = countries
        self._now = now
        self._met: set[str] = set()

    def page(self, rows: Sequence[sa.RowMapping], beside: _Beside) -> None:
        for row in rows:
            status = EmailStatus(row["status"])
            line = self.lines.setdefault(status, StatusOutlook(status))
            line.contacts += 1
            self._contact(row, beside, line)

    def _contact(self, row: sa.RowMapping, beside: _Beside, line: StatusOutlook) -> None:
        limit = self._policy.caps.contacts_per_person
        own = {key for key in beside.keys[row["id"]] if beside.holders.get(key, 1) <= limit}
        reason = self._why_no_case(row, beside, own)
        self._met |= own
        if reason:
            line.left_out[reason] += 1
        else:
            self._reach(_person(row, beside, own), line)

    def _why_no_case(self, row: sa.RowMapping, beside: _Beside, own: set[str]) -> str | None:
        status = EmailStatus(row["status"])
        rule = self._policy.rule(status)
        if own & self._met:
            return _SAME_PERSON
        if status is EmailStatus.UNKNOWN:
            return "Keap shows a status we do not know"
        if rule.open is Open.NEVER:
            return _NO_CASE
        if rule.open is Open.ON_REQUEST and row["requested_at"] is None:
            return _ON_REQUEST
        if row["id"] in beside.tried:
            return _TRIED
        return _FREE_WIN if status in FAULTS and _free_win(row, beside, own) else None

    def _reach(self, person: Person, line: StatusOutlook) -> None:
        rule = self._policy.rule(person.status)
        number = call_number(person)
        rules = self._countries.get(number.phone.region) if number else None
        no_whatsapp = why_no_whatsapp(person, self._policy) if rule.messages else "no message"
        no_call = why_no_call(person, rules) if rule.calls else "no call"
        if no_whatsapp and no_call:
            line.left_out[f"{no_call}; {no_whatsapp}"] += 1
            return
        starts_at = person.contact.status_since + timedelta(days=rule.after_days)
        line.later += starts_at > self._now
        line.messaged += no_whatsapp is None
        line.called += no_call is None
        line.calls += rule.calls if no_call is None else 0
        if no_whatsapp and rule.messages:
            line.no_whatsapp[no_whatsapp] += 1


def _free_win(row: sa.RowMapping, beside: _Beside, own: set[str]) -> bool:
    others = sorted(row["data"]["emails"], key=lambda one: str(one[1]))[1:]
    return any(status in DELIVERABLE for _, _, status in others) or bool(own & beside.works)


def _person(row: sa.RowMapping, beside: _Beside, own: set[str]) -> Person:
    member = Member(ContactId(row["id"]), EmailStatus(row["status"]), row["status_since"])
    silenced = (beside.silenced.get(key, set()) for key in own)
    return Person(
        contact=member,
        members=(member,),
        numbers=tuple(_number(one, own) for one in numbers_in(row["data"])),
        consents=tuple(beside.consents.get(row["id"], ())),
        suppressed=frozenset(set().union(*silenced)),
        country=row["data"]["country"],
        shares_address=bool(row["primary_key"]) and row["primary_key"] not in own,
    )


def _number(one: StoredNumber, own: set[str]) -> Number:
    return Number(one.phone, tuple(one.zones), is_office=one.key not in own, key=one.key)
