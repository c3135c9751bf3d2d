"""What stands against contacting a person, what of theirs is newer, and its lifting."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases, keap_writes
from recovery.adapters.db.audit import audit_all
from recovery.adapters.db.cases import CASE, CONTACT, MEMBER
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.suppress import keys_of, open_again, suppress_all, wait_for_beginners
from recovery.adapters.db.tables.people import (
    ConsentRow,
    ContactKeyRow,
    OutcomeRow,
    ReplyRow,
    SuppressionRow,
)
from recovery.domain.case import Channel
from recovery.domain.contact import ContactId
from recovery.domain.person import Basis
from recovery.domain.reply import ReplyKind
from recovery.services.lifting import EVERY, Evidence, Lifted, Standing, to_be_lifted

_SUPPRESSION = table(SuppressionRow)
_CONSENT = table(ConsentRow)
_REPLY = table(ReplyRow)
_OUTCOME = table(OutcomeRow)
_KEY = table(ContactKeyRow)
#: What people write that speaks for no contact, and how they say so on the phone.
_AGAINST = (ReplyKind.STOP.value, ReplyKind.WRONG_PERSON.value)
_SPEAKS_FOR_NOTHING = (*_AGAINST, ReplyKind.DECLINE.value)
_SAID_NO = ("call_refused", "call_do_not_contact")


class SqlLiftStore:
    """Implements `LiftStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self, contact_id: ContactId) -> list[Standing] | None:
        with self._database.read() as connection:
            known = sa.select(CONTACT.c.id).where(CONTACT.c.id == contact_id)
            if connection.execute(known).first() is None:
                return None
            return _standing(connection, contact_id)

    def lift(
        self, contact_id: ContactId, *, reason: str, actor: str, now: datetime
    ) -> list[Lifted]:
        with self._database.begin() as connection:
            wait_for_beginners(connection)
            # Before its noes and the audit, as by whoever says the next no.
            case = cases.held_open_case(connection, contact_id)
            found = _evidence_of(connection, contact_id)
            lifted = to_be_lifted(_standing(connection, contact_id), found)
            if not lifted:
                return []
            _keep_whatsapp_closed(connection, lifted)
            change = _SUPPRESSION.update().where(_SUPPRESSION.c.id.in_([no.id for no, _ in lifted]))
            connection.execute(change.values(lifted_at=now))
            acts = [_act(contact_id, no, word, reason) for no, word in lifted]
            audit_all(connection, acts, at=now, actor=actor)
            _take_tags_off(connection, contact_id, now)
            if case is not None:
                cases.record(connection, case, "no_lifted", now, actor=actor, reason=reason)
                open_again(connection, [case["id"]], now, is_lifted=True)
        return lifted


def _standing(connection: sa.Connection, contact_id: ContactId) -> list[Standing]:
    names = ("id", "channel", "reason", "source", "at")
    query = sa.select(_SUPPRESSION).where(
        _SUPPRESSION.c.key.in_(_keys(connection, contact_id)), _SUPPRESSION.c.lifted_at.is_(None)
    )
    rows = connection.execute(query.order_by(_SUPPRESSION.c.id)).mappings()
    return [Standing(**{name: row[name] for name in names}) for row in rows]


def _evidence_of(connection: sa.Connection, contact_id: ContactId) -> list[Evidence]:
    theirs = sa.select(MEMBER.c.case_id).where(MEMBER.c.contact_id == contact_id)
    return evidence(connection, [contact_id], connection.execute(theirs).scalars().all())


def _act(
    contact_id: ContactId, no: Standing, word: Evidence, reason: str
) -> tuple[str, str, dict[str, Any]]:
    about = {"channel": no.channel, "was": no.reason, "evidence": word.what, "reason": reason}
    return "suppression.lifted", f"contact {contact_id}", about


def evidence(
    connection: sa.Connection, contact_ids: Sequence[str], case_ids: Sequence[int]
) -> list[Evidence]:
    """What these people said for contact since they last said no, whichever no it was."""
    # Consent by writing to us has its words among the messages, where a "no, thanks" is told apart.
    agreed = sa.select(_CONSENT).where(
        _CONSENT.c.contact_id.in_(contact_ids), _CONSENT.c.basis != Basis.INBOUND.value
    )
    wrote = sa.select(_REPLY.c.id, _REPLY.c.received_at).where(
        _REPLY.c.case_id.in_(case_ids), _REPLY.c.kind.not_in(_SPEAKS_FOR_NOTHING)
    )
    found = [
        Evidence(row["channel"], row["at"], f"consent {row['id']} by {row['basis']}")
        for row in connection.execute(agreed).mappings()
    ]
    found += [
        Evidence(Channel.WHATSAPP.value, row.received_at, f"message {row.id}")
        for row in connection.execute(wrote)
    ]
    last_no = _last_no(connection, case_ids)
    return [one for one in found if last_no is None or one.at > last_no]


def _last_no(connection: sa.Connection, case_ids: Sequence[int]) -> datetime | None:
    wrote = sa.select(sa.func.max(_REPLY.c.received_at)).where(
        _REPLY.c.case_id.in_(case_ids), _REPLY.c.kind.in_(_AGAINST)
    )
    # Of what they wrote the message tells when; a rep's note of it is all there is.
    noted = (_OUTCOME.c.kind == "opted_out") & (_OUTCOME.c.actor != "contact")
    said = sa.select(sa.func.max(_OUTCOME.c.at)).where(
        _OUTCOME.c.case_id.in_(case_ids), _OUTCOME.c.kind.in_(_SAID_NO) | noted
    )
    moments = [connection.execute(query).scalar() for query in (wrote, said)]
    return max((at for at in moments if at is not None), default=None)


def _take_tags_off(connection: sa.Connection, contact_id: ContactId, now: datetime) -> None:
    """The firm's own automations go by the tag: it leaves with the no it tells of."""
    theirs = sa.select(CASE).join(MEMBER).where(MEMBER.c.contact_id == contact_id)
    for case in connection.execute(theirs).mappings().all():
        keap_writes.take_off(connection, case, "stopped", now)


def _keys(connection: sa.Connection, contact_id: ContactId) -> set[str]:
    """Those of the contact, and those of everybody whom a no of theirs silenced with them."""
    own = sa.select(_KEY.c.key).where(_KEY.c.contact_id == contact_id)
    case = cases.open_case_of(connection, contact_id)
    shared = keys_of(connection, case) if case is not None else set()
    return set(connection.execute(own).scalars()) | shared


def _keep_whatsapp_closed(connection: sa.Connection, lifted: Sequence[Lifted]) -> None:
    """Who agreed to calls alone after a no to everything may be called, and is not written to."""
    ids = [no.id for no, word in lifted if no.channel == EVERY and word.channel == Channel.CALL]
    query = sa.select(_SUPPRESSION).where(_SUPPRESSION.c.id.in_(ids))
    kept = ("key", "source", "reason", "at", "expires_at")
    rows = [
        {"channel": Channel.WHATSAPP.value, **{name: row[name] for name in kept}}
        for row in connection.execute(query).mappings()
    ]
    suppress_all(connection, rows)
