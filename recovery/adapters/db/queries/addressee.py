"""A contact as texts address them, with the names of all who share their case."""

import sqlalchemy as sa

from recovery.adapters.db.cases import CASE, CONTACT, MEMBER
from recovery.adapters.db.contact_data import deciding_email
from recovery.adapters.db.engine import Database
from recovery.adapters.db.pull.purchases import bought
from recovery.domain.case import CaseState
from recovery.domain.contact import ContactId
from recovery.services.wording import Addressee


class SqlAddressees:
    """Implements `AddresseeStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def addressee(self, contact_id: ContactId) -> Addressee | None:
        with self._database.read() as connection:
            found = sa.select(CONTACT.c.data).where(CONTACT.c.id == contact_id)
            data = connection.execute(found).scalar()
            if data is None:
                return None
            names = connection.execute(_beside(contact_id)).scalars().all()
            order = bought(connection, [contact_id]).get(contact_id, "")
        return Addressee(
            data["language"],
            [data["given_name"], *(one["given_name"] for one in names)],
            deciding_email(data) or "",
            order,
        )


def _beside(contact_id: str) -> sa.Select[tuple[dict[str, str]]]:
    """The others of the contact's open case: they share a phone or an address."""
    mine = (
        sa.select(MEMBER.c.case_id)
        .join(CASE, CASE.c.id == MEMBER.c.case_id)
        .where(MEMBER.c.contact_id == contact_id, CASE.c.state != CaseState.CLOSED.value)
    )
    return (
        sa.select(CONTACT.c.data)
        .join(MEMBER, MEMBER.c.contact_id == CONTACT.c.id)
        .where(MEMBER.c.case_id.in_(mine), CONTACT.c.data.is_not(None))
    )
