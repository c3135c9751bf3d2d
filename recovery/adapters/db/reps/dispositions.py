"""Words on calls in the database: kept, undone, carried out in one transaction each."""

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from recovery.adapters.db import cases
from recovery.adapters.db.audit import audit
from recovery.adapters.db.calls.effects import lift, take_back
from recovery.adapters.db.calls.owed import owed_call
from recovery.adapters.db.calls.results import dispose_attempt, open_call
from recovery.adapters.db.cases import ATTEMPT, CASE, CONTACT, MEMBER, OPEN_KEY
from recovery.adapters.db.contact_data import StoredNumber, numbers_in
from recovery.adapters.db.engine import Database
from recovery.adapters.db.holding import must_be_free_for, set_desk
from recovery.adapters.db.lifting import evidence
from recovery.adapters.db.queries.card import said_of
from recovery.adapters.db.reps import queue_items
from recovery.adapters.db.sql import table
from recovery.adapters.db.suppress import suppress, wait_for_beginners
from recovery.adapters.db.tables.people import ContactKeyRow
from recovery.adapters.db.tables.queue import DispositionRow
from recovery.crashpoints import crashpoint
from recovery.domain.case import AttemptState, CaseState, Channel, Disposition
from recovery.domain.country import Countries
from recovery.domain.keys import Keys
from recovery.errors import Refusal
from recovery.services.record.by_person import CallResult
from recovery.services.reps.dispositions import Keep, Said, SaidState

_KEY = table(ContactKeyRow)
_SAID = table(DispositionRow)
_NOES = (Disposition.DO_NOT_CONTACT, Disposition.REFUSED)


class SqlDispositionStore:
    """Implements `DispositionStore`."""

    def __init__(self, database: Database, keys: Keys, countries: Countries) -> None:
        self._database = database
        self._keys = keys
        self._countries = countries

    def keep(self, keep: Keep, now: datetime, until: datetime) -> Said:
        try:
            with self._database.begin() as connection:
                return self._keep(connection, keep, now, until)
        except IntegrityError:
            raise Refusal(
                "the result of this call was just said: undo that first, or load the card again"
            ) from None

    def _keep(self, connection: sa.Connection, keep: Keep, now: datetime, until: datetime) -> Said:
        if keep.silences:
            wait_for_beginners(connection)
        case = _case(connection, keep.case_id)
        must_be_free_for(connection, keep.rep, keep.case_id, now)
        values = {
            "case_id": keep.case_id,
            "contact_id": case["contact_id"],
            "attempt_id": _attempt_of(connection, keep),
            "rep": keep.rep,
            "code": keep.word.code,
            "means": keep.means.value,
            "said": _payload(keep),
            "state": SaidState.PENDING.value,
            "slot": keep.case_id,
            "at": now,
            "effective_at": until,
            "corrects": keep.corrects,
        }
        inserted = connection.execute(_SAID.insert().values(**values).returning(_SAID))
        row = inserted.mappings().one()
        if keep.silences:
            _silence(connection, row, now)
        queue_items.make(connection, [keep.case_id], now, self._countries)
        return said_of(row)

    def undo(self, rep: str, said_id: int, now: datetime) -> bool:
        own = sa.and_(
            _SAID.c.id == said_id,
            _SAID.c.rep == rep,
            _SAID.c.state == SaidState.PENDING.value,
            _SAID.c.effective_at > now,
        )
        values = {"state": SaidState.UNDONE.value, "slot": None, "ended_at": now, "said": None}
        with self._database.begin() as connection:
            change = _SAID.update().where(own).values(**values).returning(_SAID.c.case_id)
            case_id = connection.execute(change).scalar()
            if case_id is None:
                return False
            _unsilence(connection, said_id, now)
            queue_items.make(connection, [case_id], now, self._countries)
        return True

    def due(self, now: datetime) -> list[int]:
        query = sa.select(_SAID.c.id).where(
            _SAID.c.state == SaidState.PENDING.value, _SAID.c.effective_at <= now
        )
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(_SAID.c.id)).scalars())

    def apply(self, said_id: int, now: datetime) -> int | None:
        with self._database.begin() as connection:
            row = _pending(connection, said_id)
            if row is None:
                return None
            self._carry_out(connection, row, now)
            crashpoint("P12")
            _end(connection, said_id, SaidState.APPLIED, now)
            queue_items.make(connection, [row["case_id"]], now, self._countries)
            return int(row["case_id"])

    def _carry_out(self, connection: sa.Connection, row: sa.RowMapping, now: datetime) -> None:
        result = _result(row)
        _unsilence(connection, row["id"], now)
        if row["corrects"] is not None:
            _correct(connection, row, now)
        attempt_id = row["attempt_id"] or _by_hand(connection, row)
        dispose_attempt(connection, attempt_id, result, now)
        mine = bool((row["said"] or {}).get("mine"))
        set_desk(
            connection,
            row["case_id"],
            answered_at=row["at"],
            last_rep=row["rep"],
            callback_rep=row["rep"] if mine else None,
            not_before=None,
        )

    def refuse(self, said_id: int, error: str, now: datetime) -> None:
        with self._database.begin() as connection:
            _end(connection, said_id, SaidState.REFUSED, now, error=error)

    def pending(self, rep: str) -> list[Said]:
        mine = sa.and_(_SAID.c.rep == rep, _SAID.c.state == SaidState.PENDING.value)
        return self._list(mine)

    def of_case(self, case_id: int) -> list[Said]:
        return self._list(_SAID.c.case_id == case_id)

    def _list(self, condition: sa.ColumnElement[bool]) -> list[Said]:
        query = sa.select(_SAID).where(condition).order_by(_SAID.c.id.desc())
        with self._database.read() as connection:
            return [said_of(row) for row in connection.execute(query).mappings()]

    def said(self, said_id: int) -> tuple[Said, Disposition] | None:
        query = sa.select(_SAID).where(_SAID.c.id == said_id)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return (said_of(row), Disposition(row["means"])) if row else None

    def has_newer(self, case_id: int, at: datetime) -> bool:
        members = sa.select(MEMBER.c.contact_id).where(MEMBER.c.case_id == case_id)
        with self._database.read() as connection:
            theirs = connection.execute(members).scalars().all()
            return any(word.at > at for word in evidence(connection, theirs, [case_id]))

    def belongs_to_others(self, email: str, case_id: int) -> bool:
        with self._database.read() as connection:
            return belongs_to_others(connection, self._keys.email(email), case_id)


def _pending(connection: sa.Connection, said_id: int) -> sa.RowMapping | None:
    """A word that still waits, kept from others until the transaction ends, and its case before it,
    as by whoever says the next one."""
    mine = sa.and_(_SAID.c.id == said_id, _SAID.c.state == SaidState.PENDING.value)
    said = connection.execute(sa.select(_SAID).where(mine)).mappings().first()
    if said is None:
        return None
    if Disposition(said["means"]) in _NOES:
        wait_for_beginners(connection)
    _case(connection, said["case_id"])
    query = sa.select(_SAID).where(mine).with_for_update()
    return connection.execute(query).mappings().first()


def _case(connection: sa.Connection, case_id: int) -> sa.RowMapping:
    query = sa.select(CASE).where(CASE.c.id == case_id).with_for_update()
    row = connection.execute(query).mappings().first()
    if row is None:
        raise Refusal("this case is not known any more: load the queue again")
    return row


def belongs_to_others(connection: sa.Connection, key: str, case_id: int) -> bool:
    """Does a contact of another person have the address with this key?"""
    own = sa.select(MEMBER.c.contact_id).where(MEMBER.c.case_id == case_id)
    query = sa.select(_KEY.c.contact_id).where(_KEY.c.key == key, _KEY.c.contact_id.not_in(own))
    return connection.execute(query.limit(1)).first() is not None


def _attempt_of(connection: sa.Connection, keep: Keep) -> int | None:
    """The call that is meant: a correction means that of the wrong word."""
    if keep.corrects is not None:
        query = sa.select(_SAID.c.attempt_id).where(_SAID.c.id == keep.corrects)
        corrected: int | None = connection.execute(query).scalar()
        return corrected
    # Whatever ended a call that was made, its result is still to be said.
    call = owed_call(connection, keep.case_id) or open_call(connection, keep.case_id)
    wanted = keep.word.attempt_id
    if wanted is not None and (call is None or call["id"] != wanted):
        raise Refusal("somebody else worked this call just now: load the card again")
    return call["id"] if call else None


def _payload(keep: Keep) -> dict[str, Any]:
    word = keep.word
    told = {
        "email": word.email,
        "at": word.at.astimezone(UTC).isoformat() if word.at else None,
        "words": word.words.strip(),
        "note": word.note.strip(),
        "number": word.number,
        "mine": word.mine,
        "reason": keep.reason,
    }
    return {name: value for name, value in told.items() if value}


def _result(row: sa.RowMapping) -> CallResult:
    said: Mapping[str, Any] = row["said"] or {}
    at = said.get("at")
    return CallResult(
        row["contact_id"],
        Disposition(row["means"]),
        row["rep"],
        email=said.get("email"),
        at=datetime.fromisoformat(at) if at else None,
        note=said.get("note", ""),
        words=said.get("words", ""),
        code=row["code"],
        said_at=row["at"],
    )


def _silence(connection: sa.Connection, row: sa.RowMapping, now: datetime) -> None:
    """While the word can still be undone, nothing is started for anybody of this person."""
    held = sa.select(OPEN_KEY.c.key).where(OPEN_KEY.c.case_id == row["case_id"])
    keys = [key for key in connection.execute(held).scalars() if not key.startswith("c")]
    said = Disposition(row["means"])
    channel = "all" if said is Disposition.DO_NOT_CONTACT else Channel.CALL.value
    source = f"disposition {row['id']}"
    suppress(
        connection,
        sorted(keys),
        reason=said.value,
        source=source,
        at=now,
        channel=channel,
        may_be_undone=True,
    )
    # Routing must not end the case by a silence that may still be undone.
    connection.execute(
        CASE.update()
        .where(CASE.c.id == row["case_id"], CASE.c.route_at < row["effective_at"])
        .values(route_at=row["effective_at"])
    )


def _unsilence(connection: sa.Connection, said_id: int, now: datetime) -> None:
    for said in _NOES:
        lift(connection, f"disposition {said_id}", said.value, now)


def _correct(connection: sa.Connection, row: sa.RowMapping, now: datetime) -> None:
    """The wrong word's effects go, its call is open again for a moment, and the audit knows."""
    query = sa.select(_SAID).where(_SAID.c.id == row["corrects"])
    wrong = connection.execute(query).mappings().one()
    case = _case(connection, row["case_id"])
    call = sa.select(ATTEMPT.c.number_key).where(ATTEMPT.c.id == row["attempt_id"])
    number_key = connection.execute(call).scalar() or ""
    if case["state"] != CaseState.CLOSED.value:
        take_back(connection, case, number_key, Disposition(wrong["means"]), now)
    connection.execute(
        ATTEMPT.update()
        .where(ATTEMPT.c.id == row["attempt_id"])
        .values(state=AttemptState.QUEUED.value)
    )
    why = (row["said"] or {}).get("reason", "")
    detail = {"from": wrong["code"], "to": row["code"], "attempt": row["attempt_id"]}
    about = f"case {row['case_id']}"
    audit(connection, "call.corrected", at=now, actor=row["rep"], about=about, detail=detail)
    cases.record(connection, case, "call_corrected", now, actor=row["rep"], words=why, **detail)


def _by_hand(connection: sa.Connection, row: sa.RowMapping) -> int:
    """A call that nobody had planned, made by hand: it counts as the calls of the cadence do."""
    number = _number(connection, row)
    step = f"hand-{row['id']}"
    values = {
        "case_id": row["case_id"],
        "contact_id": row["contact_id"],
        "channel": Channel.CALL.value,
        "step": step,
        "step_key": f"{row['case_id']}:{step}",
        "state": AttemptState.QUEUED.value,
        "token": secrets.token_urlsafe(16),
        "number": number.e164 if number else "",
        "number_key": number.key if number else "",
        "planned_on": _day(row["at"], number),
        "rule": "by_hand",
        "case_version": 0,
        "epoch": 0,
        "created_at": row["at"],
        "due_at": row["at"],
        "looks": 0,
    }
    made = connection.execute(ATTEMPT.insert().values(**values).returning(ATTEMPT.c.id))
    attempt_id = int(made.scalar_one())
    connection.execute(_SAID.update().where(_SAID.c.id == row["id"]).values(attempt_id=attempt_id))
    return attempt_id


def _day(at: datetime, number: StoredNumber | None) -> date | None:
    """The day of the call where the number is: it rings no second time on it."""
    return at.astimezone(ZoneInfo(number.zones[0])).date() if number and number.zones else None


def _number(connection: sa.Connection, row: sa.RowMapping) -> StoredNumber | None:
    """The number that was dialled, if it is one of theirs, else their first."""
    query = (
        sa.select(CONTACT.c.data)
        .join(MEMBER, MEMBER.c.contact_id == CONTACT.c.id)
        .where(MEMBER.c.case_id == row["case_id"], CONTACT.c.data.is_not(None))
        .order_by(MEMBER.c.contact_id)
    )
    theirs = [one for data in connection.execute(query).scalars() for one in numbers_in(data)]
    wanted = (row["said"] or {}).get("number")
    found = next((one for one in theirs if one.e164 == wanted), None)
    return found or next(iter(theirs), None)


def _end(
    connection: sa.Connection,
    said_id: int,
    state: SaidState,
    now: datetime,
    *,
    error: str | None = None,
) -> None:
    values = {"state": state.value, "slot": None, "ended_at": now, "said": None, "error": error}
    connection.execute(_SAID.update().where(_SAID.c.id == said_id).values(**values))
