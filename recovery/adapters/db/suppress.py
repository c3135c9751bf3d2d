"""Suppressions and dropped numbers, written inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.cases import MEMBER
from recovery.adapters.db.sql import add_new, table
from recovery.adapters.db.tables import DroppedNumberRow, SuppressionRow

_SUPPRESSION = table(SuppressionRow)


def suppress(
    connection: sa.Connection,
    keys: Sequence[str],
    *,
    reason: str,
    source: str,
    at: datetime,
    channel: str = "all",
) -> None:
    """From this commit on nothing is started for these keys; one lifted before counts again."""
    rows = [
        {"key": key, "channel": channel, "reason": reason, "source": source, "at": at}
        for key in keys
    ]
    add_new(connection, SuppressionRow, rows)
    connection.execute(
        _SUPPRESSION.update()
        .where(_SUPPRESSION.c.key.in_(keys), _SUPPRESSION.c.channel == channel)
        .where(_SUPPRESSION.c.lifted_at.is_not(None))
        .values(lifted_at=None, reason=reason, source=source, at=at)
    )


def drop_number(
    connection: sa.Connection,
    case: Mapping[str, Any] | sa.RowMapping,
    number_key: str,
    why: str,
    at: datetime,
) -> None:
    """A number is somebody else's (`wrong`), or has no WhatsApp, for all contacts of a case."""
    members = sa.select(MEMBER.c.contact_id).where(MEMBER.c.case_id == case["id"])
    rows = [
        {"contact_id": contact_id, "number_key": number_key, "why": why, "at": at}
        for contact_id in connection.execute(members).scalars()
    ]
    add_new(connection, DroppedNumberRow, rows)
