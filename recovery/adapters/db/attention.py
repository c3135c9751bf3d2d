"""What of the list of concerns only the database knows, and when somebody was told of each."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db.cases import CASE
from recovery.adapters.db.engine import Database
from recovery.adapters.db.grants import NAME as TOKENS
from recovery.adapters.db.grants import in_doubt_since, refused_since
from recovery.adapters.db.keap_writes import OUTBOX
from recovery.adapters.db.lease import LASTS, is_held
from recovery.adapters.db.placed import PLACED
from recovery.adapters.db.queries.calls import is_doubtful
from recovery.adapters.db.sql import add_new, table
from recovery.adapters.db.tables.effects import ToldRow
from recovery.adapters.db.tables.ops import (
    ApprovalRow,
    ArchiveBatchRow,
    ArchiveItemRow,
    LeaseRow,
    PullRow,
)
from recovery.domain.archive import BatchState, ItemState
from recovery.domain.case import CaseState
from recovery.services.attention import Waiting

_TOLD = table(ToldRow)
_LEASE = table(LeaseRow)
_PULL = table(PullRow)
_BATCH = table(ArchiveBatchRow)
_ITEM = table(ArchiveItemRow)
_APPROVAL = table(ApprovalRow)


class SqlAttentionStore:
    """Implements `AttentionStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def approvals(self, now: datetime) -> list[tuple[str, Waiting]]:
        approved = sa.exists().where(
            _APPROVAL.c.batch_id == _BATCH.c.id,
            _APPROVAL.c.set_sha256 == _BATCH.c.set_sha256,
            _APPROVAL.c.expires_at > now,
        )
        query = (
            sa.select(_BATCH.c.id, _BATCH.c.built_at, sa.func.count().label("waiting"))
            .join(_ITEM, _ITEM.c.batch_id == _BATCH.c.id)
            .where(_BATCH.c.state.not_in((BatchState.BUILDING.value, BatchState.DONE.value)))
            .where(_ITEM.c.state == ItemState.ARCHIVED.value, ~approved)
            .group_by(_BATCH.c.id, _BATCH.c.built_at)
            .order_by(_BATCH.c.built_at)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [(row.id, Waiting(row.waiting, row.built_at)) for row in rows]

    def keap_refused(self, now: datetime) -> datetime | None:
        with self._database.read() as connection:
            return refused_since(connection, now)

    def keap_in_doubt(self) -> datetime | None:
        with self._database.read() as connection:
            return in_doubt_since(connection)

    def wins(self) -> Waiting | None:
        proposed = CASE.c.state == CaseState.PROPOSED.value
        return self._waiting(CASE, CASE.c.decided_at, proposed)

    def failed_writes(self) -> Waiting | None:
        return self._waiting(OUTBOX, OUTBOX.c.done_at, OUTBOX.c.state == "failed")

    def doubtful_calls(self) -> Waiting | None:
        return self._waiting(PLACED, PLACED.c.ended_at, is_doubtful())

    def _waiting(
        self, where: sa.Table, since: sa.Column[datetime], condition: sa.ColumnElement[bool]
    ) -> Waiting | None:
        query = sa.select(sa.func.count(), sa.func.min(since)).select_from(where).where(condition)
        with self._database.read() as connection:
            number, oldest = connection.execute(query).one()
        return Waiting(number, oldest) if number else None

    def dead(self, now: datetime) -> list[tuple[str, datetime]]:
        # Who renews Keap's tokens does so within a run, which is told of by itself.
        query = (
            sa.select(_LEASE)
            .where(_LEASE.c.holder != "", _LEASE.c.name != TOKENS)
            .order_by(_LEASE.c.name)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [(r["name"], r["expires_at"] - LASTS) for r in rows if not is_held(r, now)]

    def last_pull_at(self) -> datetime | None:
        with self._database.read() as connection:
            at: datetime | None = connection.execute(
                sa.select(sa.func.max(_PULL.c.finished_at))
            ).scalar()
        return at

    def news(self, names: Sequence[str], now: datetime, *, told_before: datetime) -> list[str]:
        untold = _TOLD.c.told_at.is_(None) | (_TOLD.c.told_at <= told_before)
        query = sa.select(_TOLD.c.name).where(_TOLD.c.name.in_(names), untold)
        with self._database.begin() as connection:
            connection.execute(_TOLD.delete().where(_TOLD.c.name.not_in(names)))
            add_new(connection, ToldRow, [{"name": name, "since": now} for name in names])
            return list(connection.execute(query).scalars())

    def told(self, names: Sequence[str], now: datetime) -> None:
        with self._database.begin() as connection:
            connection.execute(_TOLD.update().where(_TOLD.c.name.in_(names)).values(told_at=now))
