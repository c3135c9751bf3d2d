"""Reps' texts in the database: what may be written, intents, the last checks, the answers."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.cases import ATTEMPT, CASE, CONTACT, MEMBER, OPEN_KEY
from recovery.adapters.db.contact_data import deciding_email, numbers_in
from recovery.adapters.db.engine import Database
from recovery.adapters.db.gate import must_hold
from recovery.adapters.db.holding import must_be_free_for, set_desk
from recovery.adapters.db.in_order import hold_all
from recovery.adapters.db.lease import fence
from recovery.adapters.db.people import load_items
from recovery.adapters.db.record.news import decide_anew
from recovery.adapters.db.reps import queue_items
from recovery.adapters.db.reps.desk import remember
from recovery.adapters.db.send_answers import ask_before_noes, record_answers
from recovery.adapters.db.sending import mark_sending
from recovery.adapters.db.sql import table
from recovery.adapters.db.suppress import follow_code, keep_noes_out, wait_for_beginners
from recovery.adapters.db.tables.calls import PlacedCallRow
from recovery.adapters.db.tables.ops import ContentRow
from recovery.adapters.db.tables.people import ReplyRow, SuppressionRow
from recovery.crashpoints import crashpoint
from recovery.domain.case import BY_REP, AttemptState, CaseState, Channel
from recovery.domain.country import Countries
from recovery.domain.lane import Place
from recovery.domain.policy import Goal
from recovery.errors import Refusal
from recovery.services.pipeline import Answered, Started
from recovery.services.ports import ApprovalStatus, CodeAction, SendResult
from recovery.services.record.answers import WINDOW
from recovery.services.reps.desk import Agreed
from recovery.services.reps.writing import WRITING
from recovery.services.reps.writing_store import Heard, StartedText, Talk, Text

_CONTENT = table(ContentRow)
_PLACED = table(PlacedCallRow)
_REPLY = table(ReplyRow)
_SUPPRESSION = table(SuppressionRow)
#: The same words typed again so soon are one press of a key too many.
_ONE_PRESS = timedelta(minutes=1)
#: They wait for their turn, or for the provider's answer.
_ON_THEIR_WAY = (AttemptState.INTENDED.value, AttemptState.SENDING.value)
#: What did not leave after all, or did not arrive.
_LEFT_NOT = (
    AttemptState.CANCELLED.value,
    AttemptState.FAILED.value,
    AttemptState.REJECTED.value,
    AttemptState.ABSENT.value,
)
_ANY_HOUR, _IN_HOURS = "rep.any_hour", "rep.in_hours"
_ON_CALL_FOR = timedelta(minutes=30)
_LONGEST_VALIDITY = 36_000
_FOLLOWED = (CodeAction.NEXT, CodeAction.BAD_NUMBER, CodeAction.SUPPRESS)


class SqlWritingStore:
    """Implements `WritingStore`."""

    def __init__(self, database: Database, countries: Countries) -> None:
        self._database = database
        self._countries = countries

    def talk(self, case_id: int, now: datetime) -> Talk | None:
        with self._database.read() as connection:
            case = connection.execute(_going_on(case_id)).mappings().first()
            return self._talk(connection, case, now) if case else None

    def _talk(self, connection: sa.Connection, case: sa.RowMapping, now: datetime) -> Talk:
        (item,) = load_items(connection, [case])
        records = _records(connection, case["id"])
        places = self._places(records)
        own = next((d for contact, d in records if contact == case["contact_id"]), {})
        return Talk(
            item=item,
            goal=Goal(case["goal"]),
            language=case["language"],
            given_names=tuple(data.get("given_name", "") for _, data in records),
            email=deciding_email(own) or "",
            places=places,
            heard=_heard(connection, case["id"]),
            on_call=_is_on_call(connection, case["id"], now),
            just_typed=_just_typed(connection, case["id"], now),
            approved=_approved(connection),
        )

    def _places(self, records: Sequence[tuple[str, dict[str, Any]]]) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for _, data in records:
            for number in numbers_in(data):
                place = number.place(home=data, countries=self._countries)
                found.setdefault(number.key, place)
        return found

    def intend(
        self,
        rep: str,
        case_id: int,
        text: Text,
        now: datetime,
        *,
        said_yes: str | None,
        still: Callable[[Talk], None],
    ) -> int:
        with self._database.begin() as connection:
            # A message of the cadence that is being begun is either seen below, or sees the case
            # changed.
            if text.content_sid:
                wait_for_beginners(connection)
            case = connection.execute(_going_on(case_id).with_for_update()).mappings().first()
            if case is None:
                raise Refusal("this case is over: load the queue again")
            must_be_free_for(connection, rep, case_id, now)
            if _is_silent(connection, case_id, text.number_key):
                raise Refusal("the person does not want to be written to")
            still(self._talk(connection, case, now))
            if said_yes:
                remember(connection, case, rep, Agreed.WHATSAPP, said_yes, now)
            values = _intended(connection, case, rep, text, now)
            made = connection.execute(ATTEMPT.insert().values(**values).returning(ATTEMPT.c.id))
            attempt_id = int(made.scalar_one())
            if text.content_sid:
                cases.touch(connection, case_id, now)
            set_desk(connection, case_id, answered_at=now, last_rep=rep)
            queue_items.make(connection, [case_id], now, self._countries)
        crashpoint("P04")
        return attempt_id

    def has_due(self) -> bool:
        with self._database.read() as connection:
            return connection.execute(_waiting().limit(1)).first() is not None

    def start(
        self,
        now: datetime,
        *,
        epoch: int,
        allows: Callable[[Place], bool],
        holds_questions: bool,
    ) -> list[StartedText]:
        started: list[StartedText] = []
        due = _waiting().where(ATTEMPT.c.content_sid.is_(None)) if holds_questions else _waiting()
        with self._database.begin() as connection:
            fence(connection, WRITING, epoch)
            must_hold(connection)
            keep_noes_out(connection)
            rows = connection.execute(due).mappings().all()
            looks = [(row, *self._why_not(connection, row, now, allows)) for row in rows]
            hold_all(connection, [row["case_id"] for row, why, _ in looks if why])
            for row, why, seconds in looks:
                if why:
                    _cancel(connection, row, why, now)
                    continue
                if not mark_sending(connection, [row["id"]], now, epoch=epoch):
                    continue
                # An answer comes from the very number of ours that they wrote to.
                heard = None if row["content_sid"] else _heard(connection, row["case_id"])
                started.append(_started(row, seconds, heard.sender if heard else None))
        crashpoint("P05")
        return started

    def _why_not(
        self,
        connection: sa.Connection,
        row: sa.RowMapping,
        now: datetime,
        allows: Callable[[Place], bool],
    ) -> tuple[str | None, int]:
        if row["case_state"] == CaseState.CLOSED.value:
            return "case_closed", 0
        if _is_silent(connection, row["case_id"], row["number_key"]):
            return "suppressed", 0
        seconds = _LONGEST_VALIDITY
        if row["content_sid"] is None:
            heard = _heard(connection, row["case_id"])
            left = heard.at + WINDOW - timedelta(minutes=5) - now if heard else timedelta(0)
            seconds = min(seconds, int(left.total_seconds()))
            if seconds <= 0:
                return "window_closed", 0
        place = self._places(_records(connection, row["case_id"])).get(row["number_key"])
        if row["rule"] == _IN_HOURS and not (place and allows(place)):
            return "outside_hours", 0
        return None, seconds

    def settle(self, answered: Sequence[Answered], now: datetime, *, epoch: int) -> None:
        with self._database.begin() as connection:
            told = record_answers(connection, answered, now, epoch=epoch)
            ask_before_noes(connection, told)
            # The cadence waits for the answer to a question, or goes on where it did not leave.
            asked = [one for one in told if one.started.content_sid]
            decide_anew(connection, [one.started.case_id for one in asked], now)
            for one in told:
                if one.answer.result is SendResult.REJECTED:
                    _rejected(connection, one, now)
        crashpoint("P08")


def _going_on(case_id: int) -> sa.Select[Any]:
    return sa.select(CASE).where(CASE.c.id == case_id, CASE.c.state != CaseState.CLOSED.value)


def _records(connection: sa.Connection, case_id: int) -> list[tuple[str, dict[str, Any]]]:
    query = (
        sa.select(CONTACT.c.id, CONTACT.c.data)
        .join(MEMBER, MEMBER.c.contact_id == CONTACT.c.id)
        .where(MEMBER.c.case_id == case_id, CONTACT.c.data.is_not(None))
        .order_by(CONTACT.c.id)
    )
    return [(row.id, row.data) for row in connection.execute(query)]


def _heard(connection: sa.Connection, case_id: int) -> Heard | None:
    query = sa.select(_REPLY).where(_REPLY.c.case_id == case_id)
    query = query.order_by(_REPLY.c.received_at.desc(), _REPLY.c.id.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    if row is None or not row["number"]:
        return None
    return Heard(row["number"], row["number_key"] or "", row["sender"], row["received_at"])


def _is_on_call(connection: sa.Connection, case_id: int, now: datetime) -> bool:
    """A call was placed, or its result said, within the half hour."""
    since = now - _ON_CALL_FOR
    placed = sa.select(_PLACED.c.id).where(
        _PLACED.c.case_id == case_id, _PLACED.c.dialled_at >= since
    )
    worked = sa.select(ATTEMPT.c.id).where(
        ATTEMPT.c.case_id == case_id,
        ATTEMPT.c.channel == Channel.CALL.value,
        ATTEMPT.c.state == AttemptState.DONE.value,
        ATTEMPT.c.ended_at >= since,
    )
    found = (connection.execute(query.limit(1)).first() for query in (placed, worked))
    return any(row is not None for row in found)


def _just_typed(connection: sa.Connection, case_id: int, now: datetime) -> frozenset[str]:
    state = ATTEMPT.c.state
    soon = sa.and_(ATTEMPT.c.created_at > now - _ONE_PRESS, state.not_in(_LEFT_NOT))
    query = sa.select(ATTEMPT.c.body).where(
        ATTEMPT.c.case_id == case_id,
        ATTEMPT.c.step.like(f"{BY_REP}%"),
        ATTEMPT.c.content_sid.is_(None),
        state.in_(_ON_THEIR_WAY) | soon,
    )
    return frozenset(connection.execute(query).scalars())


def _approved(connection: sa.Connection) -> dict[tuple[str, str], str]:
    query = sa.select(_CONTENT).where(_CONTENT.c.status == ApprovalStatus.APPROVED.value)
    rows = connection.execute(query).mappings()
    return {(row["name"], row["language"]): row["sid"] for row in rows}


def _is_silent(connection: sa.Connection, case_id: int, number_key: str) -> bool:
    """A suppression stands on any key of the person, or on the very number."""
    held = sa.select(OPEN_KEY.c.key).where(OPEN_KEY.c.case_id == case_id)
    query = sa.select(_SUPPRESSION.c.id).where(
        sa.or_(_SUPPRESSION.c.key.in_(held), _SUPPRESSION.c.key == number_key),
        _SUPPRESSION.c.channel.in_((Channel.WHATSAPP.value, "all")),
        _SUPPRESSION.c.lifted_at.is_(None),
    )
    return connection.execute(query.limit(1)).first() is not None


def _intended(
    connection: sa.Connection, case: sa.RowMapping, rep: str, text: Text, now: datetime
) -> dict[str, Any]:
    mine = sa.and_(ATTEMPT.c.case_id == case["id"], ATTEMPT.c.step.like(f"{BY_REP}%"))
    count = connection.execute(sa.select(sa.func.count()).where(mine)).scalar_one()
    step = f"{BY_REP}{count + 1}"
    return {
        "case_id": case["id"],
        "contact_id": case["contact_id"],
        "channel": Channel.WHATSAPP.value,
        "step": step,
        "step_key": f"{case['id']}:{step}",
        "state": AttemptState.INTENDED.value,
        "token": secrets.token_urlsafe(16),
        "number": text.number,
        "number_key": text.number_key,
        "template": text.template,
        "language": text.language,
        "content_sid": text.content_sid,
        "variables": dict(text.variables) if text.variables else None,
        "body": text.body,
        "case_version": case["version"],
        "rule": _ANY_HOUR if text.any_hour else _IN_HOURS,
        "epoch": 0,
        "created_at": now,
        "looks": 0,
        "actor": rep,
    }


def _waiting() -> sa.Select[Any]:
    """Reps' texts that have not left, with the number of ours that the person wrote to."""
    return (
        sa.select(ATTEMPT, CASE.c.state.label("case_state"), CASE.c.version, CASE.c.status)
        .join(CASE, CASE.c.id == ATTEMPT.c.case_id)
        .where(ATTEMPT.c.channel == Channel.WHATSAPP.value)
        .where(ATTEMPT.c.state == AttemptState.INTENDED.value)
        .where(ATTEMPT.c.step.like(f"{BY_REP}%"))
        .order_by(ATTEMPT.c.id)
    )


def _cancel(connection: sa.Connection, row: sa.RowMapping, why: str, now: datetime) -> None:
    cancelled = {"state": AttemptState.CANCELLED.value, "ended_at": now}
    connection.execute(ATTEMPT.update().where(ATTEMPT.c.id == row["id"]).values(**cancelled))
    case = {"id": row["case_id"], "contact_id": row["contact_id"]}
    cases.record(connection, case, "not_sent", now, attempt_id=row["id"], reason=why)
    if row["content_sid"]:
        decide_anew(connection, [row["case_id"]], now)


def _started(row: sa.RowMapping, seconds: int, sender: str | None) -> StartedText:
    started = Started(
        attempt_id=row["id"],
        case_id=row["case_id"],
        token=row["token"],
        number=row["number"],
        content_sid=row["content_sid"] or "",
        variables=row["variables"] or {},
        valid_for=seconds,
    )
    return StartedText(started, row["body"], sender or None)


def _rejected(connection: sa.Connection, one: Answered, now: datetime) -> None:
    query = (
        sa.select(CASE, ATTEMPT.c.number_key, ATTEMPT.c.step)
        .join(ATTEMPT, ATTEMPT.c.case_id == CASE.c.id)
        .where(ATTEMPT.c.id == one.started.attempt_id)
        .with_for_update(of=CASE)
    )
    row = connection.execute(query).mappings().one()
    code = one.answer.code
    about = one.started.attempt_id
    cases.record(connection, row, "not_sent", now, attempt_id=about, step=row["step"], code=code)
    if one.action in _FOLLOWED:
        follow_code(connection, row, row["number_key"], code or "", one.action, now)
