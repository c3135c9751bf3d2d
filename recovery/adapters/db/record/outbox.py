"""What writing back to Keap reads and writes."""

from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.cases import CASE, CONTACT, MEMBER
from recovery.adapters.db.contact_data import deciding_email
from recovery.adapters.db.engine import Database
from recovery.adapters.db.lease import fence
from recovery.adapters.db.record.links import offer_link
from recovery.adapters.db.record.wins import go_on
from recovery.adapters.db.sql import add_new, table
from recovery.adapters.db.tables.people import ContactKeyRow, OutboxRow
from recovery.domain.case import CaseEnd, CaseState
from recovery.domain.contact import Contact, ContactId
from recovery.domain.email_status import EmailStatus
from recovery.domain.keys import Keys
from recovery.domain.note import Wrote
from recovery.services.record.addresses import Link
from recovery.services.record.outbox import RECORD, SETTLES_IN, Entry

_OUTBOX = table(OutboxRow)
_BEGUN = _OUTBOX.c.state == "begun"
_ANY = sa.true()
#: What recovers a person first, then what many see, then what only informs.
_ORDER = (
    "new_email",
    "win",
    "opt_in",
    "opt_out",
    "goal",
    "tag",
    "untag",
    "task_done",
    "task",
    "task_owner",
    "note",
)
#: Kinds that write to the same thing of a case: to its task, its tags, its note, its addresses.
_SAME = (
    ("task_done", "task", "task_owner"),
    ("tag", "untag"),
    ("note",),
    ("new_email", "win", "opt_in", "opt_out"),
)


class SqlOutboxStore:
    """Implements `OutboxStore` and `AddressStore`."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    def due(self, now: datetime, limit: int) -> list[Entry]:
        rank = sa.case(
            *[(_OUTBOX.c.kind == kind, place) for place, kind in enumerate(_ORDER)], else_=99
        )
        query = (
            sa.select(_OUTBOX)
            .where(_OUTBOX.c.state.in_(("pending", "begun")), _OUTBOX.c.next_at <= now)
            .where(~_kept_back(now))
            .order_by(rank, _OUTBOX.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_entry(row) for row in connection.execute(query).mappings()]

    def begin(self, entries: Sequence[Entry], now: datetime, *, epoch: int) -> list[Entry]:
        mine = _OUTBOX.c.state.in_(("pending", "begun")) & ~_kept_back(now)
        tries, at = _OUTBOX.c.tries + 1, now + SETTLES_IN
        begun = self._set(entries, epoch, where=mine, state="begun", tries=tries, next_at=at)
        return [entry for entry in entries if entry.id in begun]

    def done(
        self, entries: Sequence[Entry], now: datetime, *, epoch: int, result: str | None = None
    ) -> None:
        self._set(entries, epoch, state="done", done_at=now, result=result, error=None)

    def again(
        self, entry: Entry, at: datetime, error: str, *, epoch: int, may_be_there: bool
    ) -> None:
        # One that stays begun is looked for first by the next try.
        state = "begun" if may_be_there or entry.was_begun else "pending"
        self._set([entry], epoch, where=_BEGUN, state=state, next_at=at, error=error)

    def put_back(self, entries: Sequence[Entry], now: datetime, *, epoch: int) -> None:
        tries = _OUTBOX.c.tries - 1
        for begun in (True, False):
            some = [entry for entry in entries if entry.was_begun is begun]
            state = "begun" if begun else "pending"
            self._set(some, epoch, where=_BEGUN, state=state, tries=tries, next_at=now)

    def failed(self, entry: Entry, now: datetime, error: str, *, epoch: int) -> None:
        self._set([entry], epoch, state="failed", done_at=now, error=error)

    def _set(
        self,
        entries: Sequence[Entry],
        epoch: int,
        *,
        where: sa.ColumnElement[bool] = _ANY,
        **values: Any,
    ) -> set[int]:
        """Changes those of the entries of which this is true; which they were."""
        ids = [entry.id for entry in entries]
        if not ids:
            return set()
        change = _OUTBOX.update().where(_OUTBOX.c.id.in_(ids), where).values(**values)
        with self._database.begin() as connection:
            fence(connection, RECORD, epoch)
            return set(connection.execute(change.returning(_OUTBOX.c.id)).scalars())

    def will_tell(self, entry: Entry, wrote: Wrote, *, epoch: int) -> None:
        query = sa.select(_OUTBOX.c.payload).where(_OUTBOX.c.id == entry.id).with_for_update()
        with self._database.begin() as connection:
            fence(connection, RECORD, epoch)
            payload = connection.execute(query).scalar() or {}
            known = payload.get("wrote", [])
            if [*astuple(wrote)] not in known:
                more = {**payload, "wrote": [*known, astuple(wrote)]}
                change = _OUTBOX.update().where(_OUTBOX.c.id == entry.id)
                connection.execute(change.values(payload=more))

    def told_in_note(self, case_id: int) -> list[Wrote]:
        notes = sa.and_(_OUTBOX.c.case_id == case_id, _OUTBOX.c.kind == "note")
        with self._database.read() as connection:
            payloads = connection.execute(sa.select(_OUTBOX.c.payload).where(notes)).scalars()
            return [Wrote(*one) for payload in payloads for one in (payload or {}).get("wrote", [])]

    def task_of(self, case_id: int) -> str | None:
        query = sa.select(CASE.c.keap_task_id).where(CASE.c.id == case_id)
        with self._database.read() as connection:
            found: str | None = connection.execute(query).scalar()
        return found

    def may_have_task(self, entry: Entry) -> bool:
        query = sa.select(_OUTBOX.c.id).where(
            _OUTBOX.c.case_id == entry.case_id,
            _OUTBOX.c.id != entry.id,
            _OUTBOX.c.kind == "task",
            _OUTBOX.c.tries > 0,
        )
        with self._database.read() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def number_of_task(self, entry: Entry) -> str | None:
        query = sa.select(_OUTBOX.c.payload).where(
            _OUTBOX.c.case_id == entry.case_id,
            _OUTBOX.c.id < entry.id,
            _OUTBOX.c.kind == "task",
            _OUTBOX.c.state == "done",
        )
        with self._database.read() as connection:
            last = connection.execute(query.order_by(_OUTBOX.c.id.desc()).limit(1)).scalar()
        found: str | None = (last or {}).get("number")
        return found

    def save_task(self, case_id: int, task_id: str | None) -> None:
        with self._database.begin() as connection:
            connection.execute(
                CASE.update().where(CASE.c.id == case_id).values(keap_task_id=task_id)
            )

    def address_written(self, entry: Entry, contact: Contact, now: datetime) -> bool:
        with self._database.begin() as connection:
            self._follow_contact(connection, contact, now)
            return _recovered(connection, entry, contact.status, now)

    def _follow_contact(self, connection: sa.Connection, contact: Contact, now: datetime) -> None:
        """Our copy shows the address as Keap does, so that the next pull sees no surprise."""
        row = connection.execute(
            sa.select(CONTACT.c.data).where(CONTACT.c.id == contact.id).with_for_update()
        ).first()
        primary = contact.primary
        if row is None or row.data is None or primary is None:
            return
        status = primary.status or EmailStatus.UNLISTED
        emails = [[a.email, a.field.value, a.status and a.status.value] for a in contact.emails]
        connection.execute(
            CONTACT.update()
            .where(CONTACT.c.id == contact.id)
            .values(
                data={**row.data, "emails": emails},
                primary_key=self._keys.email(primary.email),
                status=status.value,
                raw_status=primary.raw_status,
                status_since=now,
            )
        )
        keys = [
            {"key": self._keys.email(a.email), "contact_id": contact.id} for a in contact.emails
        ]
        add_new(connection, ContactKeyRow, keys)

    def hand_over(self, entry: Entry, now: datetime) -> None:
        query = sa.select(CASE).where(CASE.c.id == entry.case_id).with_for_update()
        with self._database.begin() as connection:
            case = connection.execute(query).mappings().one()
            if case["state"] == CaseState.CLOSED.value:
                return
            cases.record(connection, case, "keap_differs", now, wrote=entry.kind)
            cases.touch(connection, case["id"], now, state=CaseState.ENGAGED.value)

    def win_lost(self, entry: Entry, now: datetime, *, why: str) -> None:
        query = sa.select(CASE).where(CASE.c.id == entry.case_id).with_for_update()
        with self._database.begin() as connection:
            case = connection.execute(query).mappings().one()
            # Whoever gave another address meanwhile waits for that one.
            theirs = case["pending_email"] == entry.payload.get("email")
            if case["state"] == CaseState.CONSENTED.value and theirs:
                go_on(connection, case, "win_lost", now, reason=why)

    def opted_in(
        self, entry: Entry, status: EmailStatus, now: datetime, *, link: Link | None
    ) -> bool:
        with self._database.begin() as connection:
            connection.execute(
                CONTACT.update()
                .where(CONTACT.c.id == entry.contact_id, CONTACT.c.status != status.value)
                .values(status=status.value, status_since=now)
            )
            recovered = _recovered(connection, entry, status, now)
            if not recovered:
                _refused(connection, entry, status, now, link=link)
            return recovered

    def opted_out(self, entry: Entry, now: datetime) -> None:
        with self._database.begin() as connection:
            case = cases.case_of(connection, entry.case_id or 0)
            cases.record(connection, case, "email_opted_out", now)

    def emails_of_all(self, case_id: int) -> dict[ContactId, list[str]]:
        query = (
            sa.select(CONTACT.c.id, CONTACT.c.data)
            .join(MEMBER, MEMBER.c.contact_id == CONTACT.c.id)
            .where(MEMBER.c.case_id == case_id)
        )
        with self._database.read() as connection:
            everyone = connection.execute(query).all()
        return {
            ContactId(row.id): [email for email, *_ in (row.data or {}).get("emails", [])]
            for row in everyone
        }

    def email_of(self, contact_id: ContactId) -> str | None:
        query = sa.select(CONTACT.c.data).where(CONTACT.c.id == contact_id)
        with self._database.read() as connection:
            return deciding_email(connection.execute(query).scalar())


def _kept_back(now: datetime) -> sa.ColumnElement[bool]:
    """Keap may still be at another write to the same thing: what came second would not see it, and
    be overtaken. One that was dropped as it was on its way counts until it has settled."""
    other = _OUTBOX.alias()
    is_dropped = (other.c.state == "dropped") & (other.c.done_at > now - SETTLES_IN)
    is_on_its_way = (other.c.state == "begun") | (is_dropped & (other.c.tries > 0))
    return sa.exists().where(
        other.c.case_id == _OUTBOX.c.case_id,
        other.c.id != _OUTBOX.c.id,
        _thing(other) == _thing(_OUTBOX),
        is_on_its_way,
        other.c.next_at > now,
    )


def _thing(outbox: sa.FromClause) -> sa.ColumnElement[Any]:
    return sa.case(*[(outbox.c.kind.in_(kinds), n) for n, kinds in enumerate(_SAME)])


def _entry(row: sa.RowMapping) -> Entry:
    return Entry(
        id=row["id"],
        kind=row["kind"],
        contact_id=ContactId(row["contact_id"]),
        case_id=row["case_id"],
        payload=row["payload"] or {},
        was_begun=row["state"] == "begun",
        tries=row["tries"],
    )


def _refused(
    connection: sa.Connection,
    entry: Entry,
    status: EmailStatus,
    now: datetime,
    *,
    link: Link | None,
) -> None:
    """The person confirms by the firm's form, or needs a new address, which somebody asks for."""
    waiting = sa.and_(CASE.c.id == entry.case_id, CASE.c.state == CaseState.CONSENTED.value)
    query = sa.select(CASE).where(waiting).with_for_update()
    case = connection.execute(query).mappings().first()
    if case is not None and link is not None:
        offer_link(connection, case, link, now)
    elif case is not None:
        why = f"Keap keeps {status.label()} in spite of the consent: ask for another address"
        cases.hand_over(connection, case, "opt_in_refused", now, reason=why)


def _recovered(
    connection: sa.Connection, entry: Entry, status: EmailStatus | None, now: datetime
) -> bool:
    """Recovered means proven: Keap, read back, shows a marketable address."""
    query = sa.select(CASE).where(CASE.c.id == entry.case_id).with_for_update()
    case = connection.execute(query).mappings().first()
    if case is None or case["state"] == CaseState.CLOSED.value:
        return False
    told = status.value if status else None
    cases.record(connection, case, "keap_says", now, status=told, wrote=entry.kind)
    if status is None or not status.is_deliverable or case["stopped"]:
        return False
    cases.close(connection, case, CaseEnd.RECOVERED, now, status=status.value)
    return True
