"""Reading one person's card: each list by an index of the case or the contact."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.calls.owed import owed_call
from recovery.adapters.db.calls.results import open_call
from recovery.adapters.db.cases import ATTEMPT, CASE, CONTACT, MEMBER, OUTCOME
from recovery.adapters.db.engine import Database
from recovery.adapters.db.holding import CLAIM
from recovery.adapters.db.people import load_items
from recovery.adapters.db.queries.queue import ITEM, full_name
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.calls import PlacedCallRow
from recovery.adapters.db.tables.ops import MetaRow
from recovery.adapters.db.tables.people import AddressRow, ReplyRow
from recovery.adapters.db.tables.queue import DispositionRow
from recovery.adapters.db.users.owners import TAGS
from recovery.domain.case import Channel
from recovery.services.ports import Clock
from recovery.services.reps.card_rows import CardRows, Event, Mailing, Message, Record, Voice
from recovery.services.reps.dispositions import Said, SaidState
from recovery.services.reps.queue_store import Claim

_ADDRESS = table(AddressRow)
_META = table(MetaRow)
_PLACED = table(PlacedCallRow)
_REPLY = table(ReplyRow)
_SAID = table(DispositionRow)
#: Lines of a card; who has more is read in `recovery explain`.
_LONGEST = 200


class SqlCardReader:
    """Implements `CardReader`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def read(self, case_id: int) -> CardRows | None:
        query = sa.select(CASE).where(CASE.c.id == case_id)
        with self._database.read() as connection:
            case = connection.execute(query).mappings().first()
            return self._read(connection, case) if case else None

    def _read(self, connection: sa.Connection, case: sa.RowMapping) -> CardRows:
        (item,) = load_items(connection, [case])
        owed = owed_call(connection, case["id"])
        call = owed or open_call(connection, case["id"])
        thread = _thread(connection, case["id"])
        waits = sa.select(ITEM.c.owner, ITEM.c.due_at).where(ITEM.c.case_id == case["id"])
        owner, waits_since = connection.execute(waits).tuples().first() or ("", None)
        inbound = [one for one in thread if one.voice is Voice.CONTACT]
        return CardRows(
            item=item,
            goal=case["goal"],
            language=case["language"],
            value=case["value"] or 0.0,
            reason=case["reason"] or "",
            rule=case["rule"] or "",
            decided_at=case["decided_at"],
            next_act=case["next_act"],
            next_at=case["next_at"],
            pending_email=case["pending_email"],
            owner=owner,
            waits_since=waits_since,
            attempt_id=call["id"] if call else None,
            call_due_at=call["due_at"] if call else None,
            call_step=call["step"] if call else None,
            call_number_key=call["number_key"] if call else case["next_number_key"],
            dialled_at=_dialled_at(connection, owed["id"]) if owed else None,
            records=_records(connection, case),
            mailing=_mailing(connection, case["contact_id"]),
            thread=thread,
            timeline=_timeline(connection, case["id"]),
            last_reply_at=inbound[-1].at if inbound else None,
            claim=self._claim(connection, case["id"]),
            said=_said(connection, case["id"]),
        )

    def _claim(self, connection: sa.Connection, case_id: int) -> Claim | None:
        query = sa.select(CLAIM).where(CLAIM.c.case_id == case_id, CLAIM.c.until > self._clock())
        row = connection.execute(query).mappings().first()
        return Claim(row["case_id"], row["rep"], row["until"]) if row else None


def _dialled_at(connection: sa.Connection, attempt_id: int) -> Any:
    query = sa.select(sa.func.max(_PLACED.c.dialled_at)).where(_PLACED.c.attempt_id == attempt_id)
    return connection.execute(query).scalar()


def _records(connection: sa.Connection, case: sa.RowMapping) -> tuple[Record, ...]:
    """The case's own contact first."""
    own = CONTACT.c.id == case["contact_id"]
    query = (
        sa.select(CONTACT)
        .join(MEMBER, MEMBER.c.contact_id == CONTACT.c.id)
        .where(MEMBER.c.case_id == case["id"])
        .order_by(sa.case((own, 0), else_=1), CONTACT.c.id)
    )
    tags = connection.execute(sa.select(_META.c.value).where(_META.c.key == TAGS)).scalar() or {}
    return tuple(_record(row, tags) for row in connection.execute(query).mappings())


def _record(row: sa.RowMapping, tags: Mapping[str, str]) -> Record:
    data: dict[str, Any] = row["data"] or {}
    return Record(
        contact_id=row["id"],
        name=full_name(data),
        given_name=data.get("given_name") or "",
        company=data.get("company") or "",
        status=row["status"],
        raw_status=row["raw_status"],
        status_since=row["status_since"],
        score=row["score"],
        tags=tuple(sorted(tags.get(tag, tag) for tag in data.get("tags", ()))),
        emails=tuple((email, place, status) for email, place, status in data.get("emails", ())),
        country=data.get("country"),
        locality=data.get("locality"),
        protected=bool(data.get("protected")),
    )


def _mailing(connection: sa.Connection, contact_id: str) -> Mailing | None:
    query = (
        sa.select(_ADDRESS)
        .join(CONTACT, CONTACT.c.primary_key == _ADDRESS.c.key)
        .where(CONTACT.c.id == contact_id)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    moments = (row["last_sent_at"], row["last_opened_at"], row["last_clicked_at"])
    return Mailing(row["email"], *moments)


def _thread(connection: sa.Connection, case_id: int) -> tuple[Message, ...]:
    ours = (
        sa.select(ATTEMPT)
        .where(ATTEMPT.c.case_id == case_id, ATTEMPT.c.channel == Channel.WHATSAPP.value)
        .order_by(ATTEMPT.c.id.desc())
        .limit(_LONGEST)
    )
    theirs = (
        sa.select(_REPLY)
        .where(_REPLY.c.case_id == case_id)
        .order_by(_REPLY.c.id.desc())
        .limit(_LONGEST)
    )
    found = [_ours(row) for row in connection.execute(ours).mappings()]
    found += [_theirs(row) for row in connection.execute(theirs).mappings()]
    return tuple(sorted(found, key=lambda one: (one.at, one.voice is not Voice.CONTACT)))


def _ours(row: sa.RowMapping) -> Message:
    return Message(
        id=row["id"],
        at=row["sending_at"] or row["created_at"],
        voice=Voice.REP if row["actor"] else Voice.ENGINE,
        body=row["body"] or "",
        state=row["state"],
        code=row["code"],
        template=row["template"],
        by=row["actor"] or "",
    )


def _theirs(row: sa.RowMapping) -> Message:
    return Message(
        id=row["id"],
        at=row["received_at"],
        voice=Voice.CONTACT,
        body=row["body"],
        files=_files(row),
    )


def _files(row: sa.RowMapping) -> tuple[str, ...]:
    """As the webhook told them; a message found by listing has their number alone."""
    raw: Mapping[str, Any] = row["raw"] or {}
    return tuple(str(raw.get(f"MediaContentType{n}") or "") for n in range(row["media"]))


def contacts_of(database: Database, case_id: int) -> list[str]:
    """The Keap ids of the person of a case."""
    query = sa.select(MEMBER.c.contact_id).where(MEMBER.c.case_id == case_id)
    with database.read() as connection:
        return list(connection.execute(query.order_by(MEMBER.c.contact_id)).scalars())


def message_with_files(database: Database, case_id: int, reply_id: int) -> str | None:
    """The provider's id of a message of theirs in this case."""
    query = sa.select(_REPLY.c.sid).where(_REPLY.c.id == reply_id, _REPLY.c.case_id == case_id)
    with database.read() as connection:
        found: str | None = connection.execute(query).scalar()
        return found


def _timeline(connection: sa.Connection, case_id: int) -> tuple[Event, ...]:
    query = (
        sa.select(OUTCOME)
        .where(OUTCOME.c.case_id == case_id)
        .order_by(OUTCOME.c.id.desc())
        .limit(_LONGEST)
    )
    rows: Sequence[sa.RowMapping] = connection.execute(query).mappings().all()
    return tuple(
        Event(row["at"], row["kind"], row["actor"], row["detail"] or {}) for row in reversed(rows)
    )


def _said(connection: sa.Connection, case_id: int) -> tuple[Said, ...]:
    query = sa.select(_SAID).where(_SAID.c.case_id == case_id).order_by(_SAID.c.id.desc())
    return tuple(said_of(row) for row in connection.execute(query).mappings())


def said_of(row: sa.RowMapping) -> Said:
    """A word on a call as its row has it."""
    return Said(
        id=row["id"],
        case_id=row["case_id"],
        contact_id=row["contact_id"],
        rep=row["rep"],
        code=row["code"],
        state=SaidState(row["state"]),
        at=row["at"],
        until=row["effective_at"],
        error=row["error"],
    )
