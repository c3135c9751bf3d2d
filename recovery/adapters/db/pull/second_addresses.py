"""Addresses of a contact beside the deciding one: a free win comes and goes with their status."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.cases import CONTACT
from recovery.adapters.db.in_order import hold_cases_of
from recovery.adapters.db.sql import chunks, table
from recovery.adapters.db.tables.people import ContactKeyRow
from recovery.services.ports import StatusRow

_KEY = table(ContactKeyRow)


def follow_second_addresses(
    connection: sa.Connection, changed: Mapping[str, StatusRow], at: datetime
) -> None:
    """Our copies of contacts show what Keap's list says now; their open cases are decided anew."""
    followed: list[str] = []
    for some in chunks(list(changed)):
        query = (
            sa.select(_KEY.c.key, CONTACT.c.id)
            .join(CONTACT, CONTACT.c.id == _KEY.c.contact_id)
            .where(_KEY.c.key.in_(some), CONTACT.c.primary_key != _KEY.c.key)
            .where(CONTACT.c.data.is_not(None))
        )
        rows = connection.execute(query.order_by(CONTACT.c.id)).all()
        followed += [row.id for row in rows if _follow(connection, row.id, changed[row.key])]
    hold_cases_of(connection, followed)
    for contact_id in followed:
        case = cases.open_case_of(connection, contact_id)
        if case is not None:
            cases.touch(connection, case["id"], at)


def _follow(connection: sa.Connection, contact_id: str, word: StatusRow) -> bool:
    mine = CONTACT.c.id == contact_id
    query = sa.select(CONTACT.c.data).where(mine)
    data = connection.execute(query.with_for_update()).scalar()
    if data is None:
        return False
    plain = word.email.strip().lower()
    emails = [
        [email, place, word.status.value if email.strip().lower() == plain else status]
        for email, place, status in data["emails"]
    ]
    if emails == data["emails"]:
        return False
    connection.execute(CONTACT.update().where(mine).values(data={**data, "emails": emails}))
    return True
