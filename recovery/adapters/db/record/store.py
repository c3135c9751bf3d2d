"""What recording reads and writes: news of messages, doubts, listings, results of calls."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.cases import ATTEMPT, CASE, CONTACT
from recovery.adapters.db.contact_data import deciding_email
from recovery.adapters.db.engine import Database
from recovery.adapters.db.inbox import reply_row
from recovery.adapters.db.pull.store import Listing
from recovery.adapters.db.sql import chunks, insert_new, table, upsert
from recovery.adapters.db.tables.ops import MetaRow
from recovery.adapters.db.tables.people import ReplyRow
from recovery.domain.case import AttemptState, CaseState, Channel
from recovery.domain.keys import Keys
from recovery.services.ports import StatusRow
from recovery.services.record.service import Heard
from recovery.services.webhook_form import Reply

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
            rows = connection.execute(query.with_for_update()).mappings().all()
            for row in rows:
                cases.record(connection, row, "not_confirmed", now)
                cases.touch(connection, row["id"], now, state=CaseState.ENGAGED.value)
        return len(rows)

    def give_up_on_keap(self, before: datetime, now: datetime) -> int:
        query = sa.select(CASE).where(
            CASE.c.state == CaseState.CONSENTED.value, CASE.c.pending_at < before
        )
        with self._database.begin() as connection:
            rows = connection.execute(query.with_for_update()).mappings().all()
            for row in rows:
                cases.hand_over(connection, row, "not_shown_by_keap", now, reason=_NOT_SHOWN)
        return len(rows)


def _open(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        ATTEMPT.c.channel == Channel.WHATSAPP.value,
        ATTEMPT.c.state.in_(_UNDER_WAY),
        ATTEMPT.c.due_at <= now,
    )
