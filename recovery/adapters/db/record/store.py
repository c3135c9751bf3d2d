"""What recording reads and writes: news of messages, doubts, listings, results of calls."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.calls.news import of_calls
from recovery.adapters.db.calls.results import dispose
from recovery.adapters.db.cases import ATTEMPT, CASE, CONTACT
from recovery.adapters.db.contact_data import deciding_email
from recovery.adapters.db.engine import Database
from recovery.adapters.db.inbox import reply_row
from recovery.adapters.db.lease import is_held
from recovery.adapters.db.pull.store import Listing
from recovery.adapters.db.record.by_person import close_case, resume_case
from recovery.adapters.db.record.news import apply, decide_anew
from recovery.adapters.db.sql import chunks, insert_new, table, upsert
from recovery.adapters.db.tables.ops import LeaseRow, MetaRow
from recovery.adapters.db.tables.people import CallbackRow, ReplyRow
from recovery.crashpoints import crashpoint
from recovery.domain.case import AttemptState, CaseState, Channel
from recovery.domain.keys import Keys
from recovery.services.ports import CodeAction, ProviderMessage, StatusRow
from recovery.services.record.replies import ANSWERS
from recovery.services.record.service import LAST_LOOK, CallResult, Doubt, Heard, News
from recovery.services.reps.writing import WRITING
from recovery.services.webhook_form import Reply

_CALLBACK = table(CallbackRow)
#: What is read of a callback; all that the provider sent with it stays where it is.
_NEWS = tuple(_CALLBACK.c[n] for n in ("id", "token", "sid", "status", "code", "received_at"))
_LEASE = table(LeaseRow)
_META = table(MetaRow)
_REPLY = table(ReplyRow)
_LISTING = "inbound_listed"
#: A reply that is found by listing sooner may have its webhook under way.
_WEBHOOKS_TAKE = timedelta(minutes=1)
_UNDER_WAY = (AttemptState.ACCEPTED.value, AttemptState.SENT.value)
_NOT_SHOWN = "they agreed, and Keap has not shown it for 14 days: ask for another address"
#: Growing waits between looks at a message whose end nobody told.
_NEXT_LOOK = (
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)


class SqlRecordStore:
    """Implements `RecordStore`."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys

    def callbacks(self, limit: int) -> list[News]:
        query = sa.select(*_NEWS).where(~of_calls(), _CALLBACK.c.applied_at.is_(None))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(_CALLBACK.c.id).limit(limit)).mappings()
            return [
                News(
                    sid=row["sid"],
                    status=row["status"],
                    code=row["code"] or None,
                    at=row["received_at"],
                    token=row["token"],
                    callback_id=row["id"],
                )
                for row in rows
            ]

    def apply(self, news: Sequence[News], actions: Mapping[str, CodeAction], now: datetime) -> int:
        with self._database.begin() as connection:
            moved = apply(connection, news, actions, now)
            crashpoint("P12")
            done = [one.callback_id for one in news if one.callback_id is not None]
            for some in chunks(done):
                connection.execute(
                    _CALLBACK.update().where(_CALLBACK.c.id.in_(some)).values(applied_at=now)
                )
        return moved

    def orphans_into_doubt(self, now: datetime) -> int:
        with self._database.begin() as connection:
            result = connection.execute(
                ATTEMPT.update()
                .where(ATTEMPT.c.state == AttemptState.SENDING.value)
                .where(~_in_good_hands(connection, now))
                .values(
                    state=AttemptState.IN_DOUBT.value, due_at=now + timedelta(minutes=2), looks=0
                )
            )
        return result.rowcount

    def doubts(self, now: datetime) -> list[Doubt]:
        query = sa.select(ATTEMPT).where(
            ATTEMPT.c.channel == Channel.WHATSAPP.value,
            ATTEMPT.c.state.in_((AttemptState.IN_DOUBT.value, AttemptState.ABSENT.value)),
            ATTEMPT.c.due_at <= now,
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(ATTEMPT.c.id)).mappings()
            return [_doubt(row) for row in rows]

    def is_being_written_to(self, number: str) -> bool:
        query = sa.select(ATTEMPT.c.id).where(
            ATTEMPT.c.channel == Channel.WHATSAPP.value,
            ATTEMPT.c.state == AttemptState.SENDING.value,
            ATTEMPT.c.number == number,
        )
        with self._database.read() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def bound(self, sids: Sequence[str]) -> set[str]:
        query = sa.select(ATTEMPT.c.sid).where(ATTEMPT.c.sid.in_(sids))
        with self._database.read() as connection:
            return set(connection.execute(query).scalars())

    def bind(self, doubt: Doubt, message: ProviderMessage, now: datetime) -> None:
        values: dict[str, Any] = {
            "sid": message.sid,
            "state": AttemptState.ACCEPTED.value,
            "accepted_at": message.created_at,
            "due_at": now,
        }
        with self._database.begin() as connection:
            connection.execute(
                ATTEMPT.update()
                .where(ATTEMPT.c.id == doubt.attempt_id)
                .where(ATTEMPT.c.state == AttemptState.IN_DOUBT.value)
                .values(**values)
            )
            row = _attempt(connection, doubt.attempt_id)
            cases.record(connection, _of_case(row), "doubt_settled", now, attempt_id=row["id"])

    def not_found(self, doubt: Doubt, now: datetime, *, next_look: datetime | None) -> bool:
        if doubt.is_given_up:
            self._change(doubt, AttemptState.ABSENT, due_at=None)
            return False
        looks = doubt.looks + 1
        if next_look is not None:
            self._change(doubt, AttemptState.IN_DOUBT, due_at=next_look, looks=looks)
            return False
        absent = {
            "state": AttemptState.ABSENT.value,
            "ended_at": now,
            "due_at": doubt.sending_at + LAST_LOOK,
            "looks": looks,
        }
        return self._change(doubt, AttemptState.IN_DOUBT, given_up_at=now, **absent)

    def _change(
        self,
        doubt: Doubt,
        was: AttemptState,
        *,
        given_up_at: datetime | None = None,
        **values: Any,
    ) -> bool:
        """Whether it still was what it was."""
        still = ATTEMPT.update().where(ATTEMPT.c.id == doubt.attempt_id)
        with self._database.begin() as connection:
            result = connection.execute(still.where(ATTEMPT.c.state == was.value).values(**values))
            if given_up_at and result.rowcount == 1:
                row = _attempt(connection, doubt.attempt_id)
                case = _of_case(row)
                cases.record(connection, case, "absent", given_up_at, attempt_id=row["id"])
                decide_anew(connection, [row["case_id"]], given_up_at)
        return result.rowcount == 1

    def oldest_open(self, now: datetime) -> datetime | None:
        query = sa.select(sa.func.min(ATTEMPT.c.accepted_at)).where(*_open(now))
        with self._database.read() as connection:
            found: datetime | None = connection.execute(query).scalar()
        return found

    def still_open(self, now: datetime, limit: int) -> list[str]:
        query = sa.select(ATTEMPT.c.sid).where(*_open(now)).order_by(ATTEMPT.c.due_at)
        with self._database.read() as connection:
            return list(connection.execute(query.limit(limit)).scalars())

    def looked(self, sids: Sequence[str], now: datetime) -> None:
        wait = sa.case(
            *[
                (ATTEMPT.c.looks == n, sa.literal(now + wait, CASE.c.opened_at.type))
                for n, wait in enumerate(_NEXT_LOOK)
            ],
            else_=None,
        )
        with self._database.begin() as connection:
            for some in chunks(sids):
                connection.execute(
                    ATTEMPT.update()
                    .where(ATTEMPT.c.sid.in_(some), ATTEMPT.c.state.in_(_UNDER_WAY))
                    .values(due_at=wait, looks=ATTEMPT.c.looks + 1)
                )

    def last_listing(self) -> datetime | None:
        query = sa.select(_META.c.value).where(_META.c.key == _LISTING)
        with self._database.read() as connection:
            value = connection.execute(query).scalar()
        return datetime.fromisoformat(value["until"]) if value else None

    def save_inbound(self, replies: Sequence[Reply], until: datetime) -> int:
        rows = [reply_row(reply) for reply in replies]
        with self._database.begin() as connection:
            new = sum(insert_new(connection, ReplyRow, some) for some in chunks(rows))
            value = {"until": until.isoformat()}
            upsert(connection, MetaRow, [{"key": _LISTING, "value": value}])
        return new

    def count_replies(self, now: datetime) -> list[Heard]:
        counted = (
            _REPLY.update()
            .where(_REPLY.c.handled_at.is_not(None), _REPLY.c.counted_at.is_(None))
            .values(counted_at=now)
            .returning(_REPLY.c.kind, _REPLY.c.source, _REPLY.c.received_at, _REPLY.c.handled_at)
        )
        with self._database.begin() as connection:
            rows = connection.execute(counted).all()
        return [
            Heard(
                row.kind or "other",
                row.source == "poll" and row.handled_at - row.received_at >= _WEBHOOKS_TAKE,
            )
            for row in rows
        ]

    def consented(self) -> list[str]:
        query = (
            sa.select(CONTACT.c.data)
            .join(CASE, CASE.c.contact_id == CONTACT.c.id)
            .where(CASE.c.state == CaseState.CONSENTED.value)
            .order_by(CASE.c.id)
        )
        with self._database.read() as connection:
            everyone = [deciding_email(data) for data in connection.execute(query).scalars()]
        return [email for email in everyone if email]

    def statuses_read(self, rows: Mapping[str, StatusRow], now: datetime) -> Counter[str]:
        bad = [row for row in rows.values() if row.status.matters]
        good = {self._keys.email(r.email): r for r in rows.values() if not r.status.matters}
        with self._database.begin() as connection:
            ended = Listing(connection, self._keys, now).save(bad)
            return ended + cases.statuses_changed(connection, good, now)

    def give_up_confirmations(self, before: datetime, now: datetime) -> int:
        query = sa.select(CASE).where(
            CASE.c.state == CaseState.CONFIRMING.value, CASE.c.pending_at < before
        )
        with self._database.begin() as connection:
            rows = connection.execute(query).mappings().all()
            for row in rows:
                cases.record(connection, row, "not_confirmed", now)
                cases.touch(connection, row["id"], now, state=CaseState.ENGAGED.value)
        return len(rows)

    def give_up_on_keap(self, before: datetime, now: datetime) -> int:
        query = sa.select(CASE).where(
            CASE.c.state == CaseState.CONSENTED.value, CASE.c.pending_at < before
        )
        with self._database.begin() as connection:
            rows = connection.execute(query).mappings().all()
            for row in rows:
                cases.hand_over(connection, row, "not_shown_by_keap", now, reason=_NOT_SHOWN)
        return len(rows)

    def close_case(
        self, contact_id: str, *, reason: str, in_touch: bool, actor: str, now: datetime
    ) -> None:
        with self._database.begin() as connection:
            close_case(
                connection, contact_id, reason=reason, in_touch=in_touch, actor=actor, now=now
            )

    def resume_case(self, contact_id: str, *, actor: str, now: datetime) -> None:
        with self._database.begin() as connection:
            resume_case(connection, contact_id, actor=actor, now=now)

    def dispose(self, result: CallResult, now: datetime) -> None:
        with self._database.begin() as connection:
            dispose(connection, result, now)


def _doubt(row: sa.RowMapping) -> Doubt:
    return Doubt(
        attempt_id=row["id"],
        number=row["number"],
        body=row["body"] or "",
        sending_at=row["sending_at"],
        looks=row["looks"],
        token=row["token"],
        is_given_up=row["state"] == AttemptState.ABSENT.value,
    )


def _in_good_hands(connection: sa.Connection, now: datetime) -> sa.ColumnElement[bool]:
    """Messages whose sender lives: `reach` sends steps of the cadence, answers and what reps write
    have leases of their own."""
    leases = connection.execute(sa.select(_LEASE)).mappings()
    alive = {row["name"]: row["epoch"] for row in leases if is_held(row, now)}
    answers, written = ATTEMPT.c.step.like("s%"), ATTEMPT.c.step.like("w%")
    return sa.or_(
        sa.and_(~answers, ~written, ATTEMPT.c.epoch == alive.get("reach", -1)),
        sa.and_(answers, ATTEMPT.c.epoch == alive.get(ANSWERS, -1)),
        sa.and_(written, ATTEMPT.c.epoch == alive.get(WRITING, -1)),
    )


def _open(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        ATTEMPT.c.channel == Channel.WHATSAPP.value,
        ATTEMPT.c.state.in_(_UNDER_WAY),
        ATTEMPT.c.due_at <= now,
    )


def _joined() -> sa.Select[Any]:
    return sa.select(ATTEMPT, CASE.c.state.label("case_state"), CASE.c.version, CASE.c.status).join(
        CASE, CASE.c.id == ATTEMPT.c.case_id
    )


def _attempt(connection: sa.Connection, attempt_id: int) -> sa.RowMapping:
    return connection.execute(_joined().where(ATTEMPT.c.id == attempt_id)).mappings().one()


def _of_case(attempt: sa.RowMapping) -> dict[str, Any]:
    """The case of an attempt, as far as outcomes need it."""
    return {
        "id": attempt["case_id"],
        "contact_id": attempt["contact_id"],
        "version": attempt["version"],
        "status": attempt["status"],
        "state": attempt["case_state"],
    }
