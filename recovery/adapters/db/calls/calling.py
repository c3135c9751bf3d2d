"""From a rep's wish to a ringing phone: intents, last looks, the one order to dial a person."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.calls.look import (
    FINAL,
    active_case,
    call_of,
    last_look,
    looked_at,
    queued_call,
    refuse_busy,
)
from recovery.adapters.db.cases import ATTEMPT, CASE, CONTACT
from recovery.adapters.db.engine import Database
from recovery.adapters.db.people import load_items
from recovery.adapters.db.placed import (
    FIRST_LOOK,
    PLACED,
    bound,
    by_token,
    change,
    is_taken,
    newest,
    placed_of,
)
from recovery.crashpoints import crashpoint
from recovery.domain.phone_call import CarrierResult, Phase, PlacedCall
from recovery.services.calls.store import (
    CallOrder,
    CallRefused,
    Cleared,
    Greeting,
    Hindrance,
    Look,
)
from recovery.services.ports import SendAnswer, SendResult


class SqlCallStore:
    """Implements `CallStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def intend(self, order: CallOrder, look: Look, now: datetime) -> Cleared:
        with self._database.begin() as connection:
            case = active_case(connection, order.case_id)
            call = queued_call(connection, case["id"])
            before = newest(connection, call["id"])
            nth = _next_order(before, order)
            refuse_busy(connection, order.rep, call["id"], now)
            cleared = look(looked_at(connection, case, call, order.rep, now, order.number), now)
            crashpoint("P03")
            values = _intended(order, cleared, case, call, now)
            if before is not None and before["nth"] == nth:
                change = PLACED.update().where(PLACED.c.id == before["id"])
                connection.execute(change.values(**values))
            else:
                connection.execute(PLACED.insert().values(**values, nth=nth))
        return cleared

    def begin(self, token: str, look: Look, now: datetime) -> Cleared:
        refused: CallRefused | None = None
        with self._database.begin() as connection:
            row = by_token(connection, token)
            if row is None or row["phase"] != Phase.INTENDED.value:
                raise CallRefused(Hindrance.UNDER_WAY)
            try:
                cleared = last_look(connection, row, look, now)
            except CallRefused as error:
                refused = error
                connection.execute(PLACED.delete().where(PLACED.c.id == row["id"]))
            else:
                change(connection, row, now, phase=Phase.SENDING.value, sending_at=now)
        if refused:
            raise refused
        return cleared

    def drop(self, token: str, now: datetime) -> None:
        intended = PLACED.c.phase == Phase.INTENDED.value
        with self._database.begin() as connection:
            connection.execute(PLACED.delete().where(PLACED.c.token == token, intended))

    def settle(self, token: str, answer: SendAnswer, now: datetime) -> None:
        with self._database.begin() as connection:
            row = by_token(connection, token)
            if row is None or row["phase"] not in (Phase.SENDING.value, Phase.IN_DOUBT.value):
                return
            change(connection, row, now, **_settled(connection, row, answer))

    def greeting(self, token: str, sid: str, now: datetime, *, since: datetime) -> Greeting | None:
        with self._database.begin() as connection:
            row = by_token(connection, token)
            name = bound(connection, row, sid) if row else None
            if row is None or name is None:
                return None
            row = change(connection, row, now, asked_at=row["asked_at"] or now, **name)
            if row["dialled_at"] or not _stands(connection, row, since):
                return None
            return _greeting(connection, row)

    def connect(
        self, token: str, sid: str, look: Look, now: datetime, *, since: datetime
    ) -> Cleared:
        with self._database.begin() as connection:
            row = by_token(connection, token)
            if row is None or row["sid"] != sid or not _stands(connection, row, since):
                raise CallRefused(Hindrance.CASE_CHANGED)
            if row["dialled_at"]:
                raise CallRefused(Hindrance.DIALLED)
            case = active_case(connection, row["case_id"])
            call = connection.execute(call_of(row["attempt_id"])).mappings().one()
            cleared = look(looked_at(connection, case, call, row["rep"], now, row=row), now)
            change(connection, row, now, dialled_at=now, due_at=now + FIRST_LOOK, looks=0)
        return cleared

    def refused(self, token: str, why: str) -> str:
        with self._database.begin() as connection:
            row = by_token(connection, token)
            if row is None:
                return "en"
            change = PLACED.update().where(PLACED.c.id == row["id"], PLACED.c.dialled_at.is_(None))
            connection.execute(change.values(code=why))
            return str(row["language"])

    def sid_of(self, token: str, rep: str) -> tuple[str | None, PlacedCall] | None:
        query = sa.select(PLACED).where(PLACED.c.token == token, PLACED.c.rep == rep)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return (row["sid"], placed_of(row)) if row else None


def _next_order(before: sa.RowMapping | None, order: CallOrder) -> int:
    """Which order of the attempt this is; raises CallRefused where another would ring twice."""
    if before is None:
        return 1
    nth, placed = int(before["nth"]), placed_of(before)
    if placed.phase is Phase.INTENDED:
        return nth  # it never left: it is this one, under a new token
    if placed.may_be_repeated:
        return nth + 1
    if placed.result is CarrierResult.UNKNOWN:
        if order.despite_doubt:
            return nth + 1
        raise CallRefused(Hindrance.IN_DOUBT)
    if placed.phase is Phase.IN_DOUBT:
        raise CallRefused(Hindrance.IN_DOUBT)
    raise CallRefused(Hindrance.DIALLED if placed.dialled_at else Hindrance.UNDER_WAY)


def _intended(
    order: CallOrder, cleared: Cleared, case: sa.RowMapping, call: sa.RowMapping, now: datetime
) -> dict[str, Any]:
    return {
        "attempt_id": call["id"],
        "case_id": case["id"],
        "contact_id": call["contact_id"],
        "number_key": cleared.number_key,
        "token": order.token,
        "rep": order.rep,
        "rep_number": cleared.rep_phone,
        "language": cleared.language,
        "caller_id": cleared.caller_id,
        "phase": Phase.INTENDED.value,
        "case_version": case["version"],
        "created_at": now,
        "given_up": False,
        "looks": 0,
    }


def _settled(connection: sa.Connection, row: sa.RowMapping, answer: SendAnswer) -> dict[str, Any]:
    look_at = row["sending_at"] + FIRST_LOOK
    match answer.result:
        case SendResult.ACCEPTED if answer.sid and not is_taken(connection, answer.sid):
            return {"phase": Phase.PLACED.value, "sid": answer.sid, "due_at": look_at}
        case SendResult.ACCEPTED | SendResult.IN_DOUBT:
            # An id that another call has already proves nothing.
            return {"phase": Phase.IN_DOUBT.value, "due_at": look_at}
        case SendResult.NOT_SENT | SendResult.REJECTED:
            return {"phase": Phase.REJECTED.value, "code": answer.code}


def _stands(connection: sa.Connection, row: sa.RowMapping, since: datetime) -> bool:
    """Is this the attempt's newest order, rung just now and not over?"""
    last = newest(connection, row["attempt_id"])
    is_newest = last is not None and last["id"] == row["id"]
    is_fresh = row["sending_at"] is not None and row["sending_at"] >= since
    over_with_rep = row["rep_status"] in FINAL
    return is_newest and is_fresh and not over_with_rep


def _greeting(connection: sa.Connection, row: sa.RowMapping) -> Greeting | None:
    query = sa.select(CASE, CONTACT.c.data)
    query = query.join(ATTEMPT, ATTEMPT.c.case_id == CASE.c.id)
    query = query.outerjoin(CONTACT, CONTACT.c.id == CASE.c.contact_id)
    case = connection.execute(query.where(ATTEMPT.c.id == row["attempt_id"])).mappings().one()
    data = case["data"] or {}
    names = (data.get("given_name") or "", data.get("family_name") or "")
    (item,) = load_items(connection, [case]) or (None,)
    zones = [n.zones for n in item.person.numbers if n.key == row["number_key"]] if item else []
    return Greeting(
        name=" ".join(name.strip() for name in names if name.strip()),
        zone=zones[0][0] if zones and zones[0] else None,
        goal=case["goal"],
        language=row["language"],
    )
