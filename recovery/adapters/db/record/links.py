"""The firm's own form, sent inside the window to whom Keap did not take at their word."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases
from recovery.adapters.db.cases import CONTACT
from recovery.adapters.db.sql import add_new, table
from recovery.adapters.db.tables.people import AttemptRow, ReplyRow
from recovery.domain.case import AttemptState, Channel
from recovery.services.record.addresses import Link
from recovery.services.record.answers import WINDOW

_REPLY = table(ReplyRow)
#: What follows a reply's number in the step of a second answer to it.
AGAIN = "l"
_TEMPLATE = "send_confirm_link"


def offer_link(connection: sa.Connection, case: sa.RowMapping, link: Link, now: datetime) -> None:
    """One more answer to the person's last message, where the window is still open."""
    query = (
        sa.select(_REPLY)
        .where(_REPLY.c.case_id == case["id"], _REPLY.c.received_at > now - WINDOW)
        .order_by(_REPLY.c.id.desc())
    )
    reply = connection.execute(query.limit(1)).mappings().first()
    if reply is None:
        return
    data = connection.execute(
        sa.select(CONTACT.c.data).where(CONTACT.c.id == case["contact_id"])
    ).scalar()
    language, body = link(case["language"], (data or {}).get("given_name", ""))
    values = _answer(case, reply, now)
    add_new(connection, AttemptRow, [{**values, "language": language, "body": body}])
    cases.record(connection, case, "link_offered", now)


def _answer(
    case: sa.RowMapping, reply: Mapping[str, Any] | sa.RowMapping, now: datetime
) -> dict[str, Any]:
    step = f"s{reply['id']}{AGAIN}"
    return {
        "case_id": case["id"],
        "contact_id": case["contact_id"],
        "channel": Channel.WHATSAPP.value,
        "step": step,
        "step_key": f"{case['id']}:{step}",
        "state": AttemptState.INTENDED.value,
        "token": secrets.token_urlsafe(16),
        "number": reply["number"],
        "number_key": reply["number_key"] or "",
        "template": _TEMPLATE,
        "variables": {},
        "case_version": case["version"],
        "rule": cases.SESSION_RULE,
        "epoch": 0,
        "created_at": now,
        "looks": 0,
    }
