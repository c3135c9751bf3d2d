"""What stands against contacting a person, what of theirs is newer, and its lifting."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.audit import audit_all
from recovery.adapters.db.cases import CONTACT, MEMBER
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import ConsentRow, ContactKeyRow, ReplyRow, SuppressionRow
from recovery.domain.case import CaseState, Channel
from recovery.domain.contact import ContactId
from recovery.domain.reply import ReplyKind
from recovery.services.lifting import Evidence, Standing

_SUPPRESSION = table(SuppressionRow)
_CONSENT = table(ConsentRow)
_REPLY = table(ReplyRow)
_KEY = table(ContactKeyRow)
#: What speaks for no contact.
_AGAINST = (ReplyKind.STOP.value, ReplyKind.WRONG_PERSON.value)


class SqlLiftStore:
    """Implements `LiftStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self, contact_id: ContactId) -> list[Standing] | None:
        known = sa.select(CONTACT.c.id).where(CONTACT.c.id == contact_id)
        keys = sa.select(_KEY.c.key).where(_KEY.c.contact_id == contact_id)
        query = sa.select(_SUPPRESSION).where(
            _SUPPRESSION.c.key.in_(keys), _SUPPRESSION.c.lifted_at.is_(None)
        )
        names = ("id", "channel", "reason", "source", "at")
        with self._database.read() as connection:
            if connection.execute(known).first() is None:
                return None
            rows = connection.execute(query.order_by(_SUPPRESSION.c.id)).mappings()
            return [Standing(**{name: row[name] for name in names}) for row in rows]

    def evidence(self, contact_id: ContactId) -> list[Evidence]:
        agreed = sa.select(_CONSENT).where(_CONSENT.c.contact_id == contact_id)
        theirs = sa.select(MEMBER.c.case_id).where(MEMBER.c.contact_id == contact_id)
        wrote = sa.select(_REPLY.c.id, _REPLY.c.received_at).where(
            _REPLY.c.case_id.in_(theirs), _REPLY.c.kind.not_in(_AGAINST)
        )
        with self._database.read() as connection:
            found = [
                Evidence(row["channel"], row["at"], f"consent {row['id']} by {row['basis']}")
                for row in connection.execute(agreed).mappings()
            ]
            return found + [
                Evidence(Channel.WHATSAPP.value, row.received_at, f"message {row.id}")
                for row in connection.execute(wrote)
            ]

    def lift(
        self,
        contact_id: ContactId,
        lifted: Sequence[tuple[Standing, Evidence]],
        *,
        reason: str,
        actor: str,
        now: datetime,
    ) -> None:
        ids = [no.id for no, _ in lifted]
        acts = [
            (
                "suppression.lifted",
                f"contact {contact_id}",
                {"channel": no.channel, "was": no.reason, "evidence": word.what, "reason": reason},
            )
            for no, word in lifted
        ]
        with self._database.begin() as connection:
            change = _SUPPRESSION.update().where(_SUPPRESSION.c.id.in_(ids))
            connection.execute(change.values(lifted_at=now))
            audit_all(connection, acts, at=now, actor=actor)
            case = cases.open_case_of(connection, contact_id)
            if case is not None:
                cases.record(connection, case, "no_lifted", now, actor=actor, reason=reason)
                back = {"stopped": False} | (
                    {"state": CaseState.OPEN.value} if case["state"] == CaseState.HOLD.value else {}
                )
                cases.touch(connection, case["id"], now, **back)
