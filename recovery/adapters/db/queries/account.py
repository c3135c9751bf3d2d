"""Our side of the account that a provider keeps too: ids of all that we say we did."""

from dataclasses import dataclass

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import ArchiveItemRow, TombstoneRow
from recovery.adapters.db.tables.people import AttemptRow, OutboxRow, ReplyRow
from recovery.domain.archive import ItemState
from recovery.domain.case import Channel

_ATTEMPT = table(AttemptRow)
_OUTBOX = table(OutboxRow)
_REPLY = table(ReplyRow)
_ITEM = table(ArchiveItemRow)
_TOMBSTONE = table(TombstoneRow)


@dataclass(frozen=True, slots=True)
class OurAccount:
    """Ids at the provider: messages and replies by SID, tasks and notes and contacts by Keap id."""

    messages: frozenset[str]
    replies: frozenset[str]
    tasks: frozenset[str]
    notes: frozenset[str]
    deleted: frozenset[str]
    tombstones: frozenset[str]


def our_account(database: Database) -> OurAccount:
    """All of it, read in one transaction."""
    whatsapp = _ATTEMPT.c.channel == Channel.WHATSAPP.value
    with database.read() as connection:

        def ids(column: sa.Column[str], *conditions: sa.ColumnElement[bool]) -> frozenset[str]:
            query = sa.select(column).where(column.is_not(None), *conditions)
            return frozenset(connection.execute(query).scalars())

        return OurAccount(
            messages=ids(_ATTEMPT.c.sid, whatsapp),
            replies=ids(_REPLY.c.sid),
            tasks=ids(_OUTBOX.c.result, _OUTBOX.c.kind == "task"),
            notes=ids(_OUTBOX.c.result, _OUTBOX.c.kind == "note"),
            deleted=ids(_ITEM.c.contact_id, _ITEM.c.state == ItemState.DELETED.value),
            tombstones=ids(_TOMBSTONE.c.contact_id, _TOMBSTONE.c.confirmed_at.is_not(None)),
        )
