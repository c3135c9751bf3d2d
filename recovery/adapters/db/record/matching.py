"""Whose message it is: by what it answers, by its number, or by an id that stands for a number."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT, CONTACT, OPEN_KEY, case_of
from recovery.adapters.db.contact_data import deciding_email, numbers_in
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import ReplyRow
from recovery.domain.case import CaseState, Channel
from recovery.domain.email_address import masked
from recovery.domain.email_status import EmailStatus
from recovery.domain.policy import Goal
from recovery.domain.texts import TYPO, likely_email
from recovery.services.record.replies import Incoming

_REPLY = table(ReplyRow)


def matched(connection: sa.Connection, row: sa.RowMapping) -> Incoming:
    """A stored reply with its case, its person's language and place, if they are known."""
    number_key = row["number_key"] or _known_number(connection, row)
    base: dict[str, Any] = {
        "reply_id": row["id"],
        "sid": row["sid"],
        "number": row["number"],
        "number_key": number_key,
        "sender": row["sender"],
        "body": row["body"],
        "payload": row["payload"],
        "opt_out_type": row["opt_out_type"],
        "media": row["media"],
        "received_at": row["received_at"],
    }
    case = _find_case(connection, row["original_sid"], number_key)
    if case is None:
        return Incoming(**base)
    query = sa.select(CONTACT.c.data).where(CONTACT.c.id == case["contact_id"])
    data = connection.execute(query).scalar() or {}
    return Incoming(
        **base,
        case_id=case["id"],
        case_version=case["version"],
        contact_id=case["contact_id"],
        state=CaseState(case["state"]),
        goal=Goal(case["goal"]),
        status=EmailStatus(case["status"]),
        pending_email=case["pending_email"],
        asked_email=_asked_email(connection, case["id"], row["original_sid"], deciding_email(data)),
        language=case["language"],
        given_name=data.get("given_name", ""),
        own_email=deciding_email(data),
        zones=_zones(data, number_key),
    )


def _known_number(connection: sa.Connection, row: sa.RowMapping) -> str | None:
    """Of whom WhatsApp names by an id, what they answered or wrote before tells the number."""
    answered = sa.select(ATTEMPT.c.number_key).where(ATTEMPT.c.sid == row["original_sid"])
    earlier = (
        sa.select(_REPLY.c.number_key)
        .where(_REPLY.c.external_id == row["external_id"], _REPLY.c.number_key.is_not(None))
        .order_by(_REPLY.c.id.desc())
    )
    for query, known in ((answered, row["original_sid"]), (earlier, row["external_id"])):
        found = connection.execute(query.limit(1)).scalar() if known else None
        if found:
            return str(found)
    return None


def _find_case(
    connection: sa.Connection, original_sid: str | None, number_key: str | None
) -> sa.RowMapping | None:
    """By the message replied to, else by the number's open case, else by who was written last."""
    by_sid = sa.select(ATTEMPT.c.case_id).where(ATTEMPT.c.sid == original_sid)
    open_ = sa.select(OPEN_KEY.c.case_id).where(OPEN_KEY.c.key == number_key)
    latest = (
        sa.select(ATTEMPT.c.case_id)
        .where(ATTEMPT.c.number_key == number_key)
        .order_by(ATTEMPT.c.id.desc())
    )
    for query, known in ((by_sid, original_sid), (open_, number_key), (latest, number_key)):
        case_id = connection.execute(query.limit(1)).scalar() if known else None
        if case_id is not None:
            return case_of(connection, case_id)
    return None


def _asked_email(
    connection: sa.Connection, case_id: int, original_sid: str | None, own_email: str | None
) -> str | None:
    """The correction of a typo that the message they answer, else our latest one, asked about.

    None once Keap has another address, whose likely correction nobody was shown.
    """
    meant = likely_email(own_email or "")
    if meant is None:
        return None
    sent = sa.select(ATTEMPT.c.template, ATTEMPT.c.body).where(
        ATTEMPT.c.case_id == case_id,
        ATTEMPT.c.channel == Channel.WHATSAPP.value,
        ATTEMPT.c.sid.is_not(None),
    )
    answered = sent.where(ATTEMPT.c.sid == original_sid) if original_sid else sent
    row = connection.execute(answered.order_by(ATTEMPT.c.id.desc()).limit(1)).first()
    asks = row is not None and (row.template or "").endswith(TYPO)
    return meant if row and asks and masked(meant) in (row.body or "") else None


def _zones(data: Mapping[str, Any], number_key: str | None) -> tuple[str, ...]:
    theirs = numbers_in(data)
    found = next((one for one in theirs if one.key == number_key), next(iter(theirs), None))
    return tuple(found.zones) if found else ()
