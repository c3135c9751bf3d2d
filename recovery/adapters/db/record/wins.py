"""Free wins that wait for a manager, and what follows from the answer."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases, keap_writes
from recovery.adapters.db.audit import audit_all
from recovery.adapters.db.cases import CASE, CONTACT, MEMBER, OPEN_KEY
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import chunks, table, upsert
from recovery.adapters.db.tables.effects import TwinAddressRow
from recovery.adapters.db.tables.people import ContactKeyRow, DecisionRow
from recovery.domain.case import CaseState
from recovery.domain.contact import ContactId, EmailField
from recovery.domain.decision import Act
from recovery.domain.email_status import DELIVERABLE, EmailStatus
from recovery.services.record.wins import PAGE, Decided, Proposal

_TWIN = table(TwinAddressRow)
_KEY = table(ContactKeyRow)
_DECISION = table(DecisionRow)
_PROPOSED = CASE.c.state == CaseState.PROPOSED.value
#: What routing writes as the address where another record holds it.
TWIN = "twin"


class SqlWinStore:
    """Implements `WinStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self) -> int:
        query = sa.select(sa.func.count()).select_from(CASE).where(_PROPOSED)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def proposals(
        self, *, after: int = 0, limit: int = PAGE, contacts: Sequence[ContactId] | None = None
    ) -> list[Proposal]:
        query = _proposals().where(CASE.c.id > after).order_by(CASE.c.id).limit(limit)
        if contacts is not None:
            query = query.where(CASE.c.contact_id.in_(contacts))
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
            ids = [row["id"] for row in rows]
            members, since = _members(connection, ids), _since(connection, ids)
        return [_proposal(row, members[row["id"]], since.get(row["id"])) for row in rows]

    def twins_to_read(self) -> dict[int, tuple[ContactId, ...]]:
        query = (
            sa.select(CASE.c.id, CONTACT.c.id.label("twin"))
            .join(OPEN_KEY, OPEN_KEY.c.case_id == CASE.c.id)
            .join(_KEY, _KEY.c.key == OPEN_KEY.c.key)
            .join(CONTACT, CONTACT.c.id == _KEY.c.contact_id)
            .outerjoin(_TWIN, _TWIN.c.case_id == CASE.c.id)
            .where(_PROPOSED, CASE.c.win_email == TWIN, _TWIN.c.case_id.is_(None))
            .where(CONTACT.c.status.in_(sorted(DELIVERABLE)))
            .distinct()
            .order_by(CASE.c.id, CONTACT.c.id)
        )
        found: dict[int, list[ContactId]] = defaultdict(list)
        with self._database.read() as connection:
            for row in connection.execute(query):
                found[row.id].append(ContactId(row.twin))
        return {case_id: tuple(twins) for case_id, twins in found.items()}

    def save_twin(self, case_id: int, holder: ContactId, email: str, now: datetime) -> None:
        row = {"case_id": case_id, "contact_id": holder, "email": email, "read_at": now}
        still = sa.select(CASE.c.id).where(CASE.c.id == case_id, _PROPOSED)
        with self._database.begin() as connection:
            _forget_decided(connection)
            if connection.execute(still).first() is not None:
                upsert(connection, TwinAddressRow, [row])

    def approve(self, proposals: Sequence[Proposal], *, actor: str, now: datetime) -> Decided:
        known = [one for one in proposals if one.email]
        decided = self._decide(known, "win_approved", actor=actor, now=now)
        decided.skipped["address_unknown"] += len(proposals) - len(known)
        return decided

    def reject(self, proposals: Sequence[Proposal], *, actor: str, now: datetime) -> Decided:
        return self._decide(proposals, "win_rejected", actor=actor, now=now)

    def _decide(
        self, proposals: Sequence[Proposal], kind: str, *, actor: str, now: datetime
    ) -> Decided:
        decided, acts = Decided(), []
        with self._database.begin() as connection:
            for one in proposals:
                case = _still_proposed(connection, one, now)
                if case is None:
                    decided.skipped["decided_meanwhile"] += 1
                    continue
                if kind == "win_approved":
                    _take(connection, case, one, actor, now)
                else:
                    go_on(connection, case, kind, now, actor=actor)
                decided.contacts.append(one.contact_id)
                detail = {"contact": one.contact_id, "source": one.source, "holder": one.holder}
                acts.append((f"win.{kind.removeprefix('win_')}", f"case {one.case_id}", detail))
            audit_all(connection, acts, at=now, actor=actor)
            _forget_decided(connection)
        return decided


def go_on(
    connection: sa.Connection,
    case: sa.RowMapping,
    kind: str,
    now: datetime,
    *,
    actor: str = "engine",
    **detail: Any,
) -> None:
    """No free win after all: the case is routed as if there had been none."""
    cases.record(connection, case, kind, now, actor=actor, **detail)
    back = {"state": CaseState.OPEN.value, "win_rejected": True, "pending_email": None}
    cases.touch(connection, case["id"], now, **back, next_act=None, next_at=None)


def _take(
    connection: sa.Connection, case: sa.RowMapping, one: Proposal, actor: str, now: datetime
) -> None:
    """The address shown goes to Keap; recovered is who Keap, read back, delivers to."""
    cases.record(
        connection, case, "win_approved", now, actor=actor, email=one.email, old=one.old_email
    )
    payload = {"email": one.email, "old": one.old_email, "source": one.source, "actor": actor}
    key = f"win:{case['id']}:{case['version']}"
    keap_writes.write_back(connection, case, "win", now, key=key, payload=payload)
    waits = {"state": CaseState.CONSENTED.value, "pending_email": one.email, "pending_at": now}
    cases.touch(connection, case["id"], now, **waits)


def _still_proposed(
    connection: sa.Connection, one: Proposal, now: datetime
) -> sa.RowMapping | None:
    # Whoever is to be decided anew may have opted out since, and then nobody changes their address.
    query = sa.select(CASE).where(CASE.c.id == one.case_id, _PROPOSED, CASE.c.route_at > now)
    case = connection.execute(query.with_for_update()).mappings().first()
    if case is None:
        return None
    shown = TWIN if one.source == TWIN else one.email
    return case if case["win_email"] == shown else None


def _forget_decided(connection: sa.Connection) -> None:
    """An address is kept only while somebody must see it to decide."""
    waiting = sa.select(CASE.c.id).where(_PROPOSED, CASE.c.win_email == TWIN)
    connection.execute(_TWIN.delete().where(_TWIN.c.case_id.not_in(waiting)))


def _proposals() -> sa.Select[Any]:
    return (
        sa.select(
            CASE,
            CONTACT.c.data,
            _TWIN.c.email.label("twin_email"),
            _TWIN.c.contact_id.label("twin"),
        )
        .outerjoin(CONTACT, CONTACT.c.id == CASE.c.contact_id)
        .outerjoin(_TWIN, _TWIN.c.case_id == CASE.c.id)
        .where(_PROPOSED)
    )


def _members(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[sa.RowMapping]]:
    found: dict[int, list[sa.RowMapping]] = defaultdict(list)
    for some in chunks(ids):
        query = (
            sa.select(MEMBER.c.case_id, CONTACT.c.id, CONTACT.c.data)
            .join(CONTACT, CONTACT.c.id == MEMBER.c.contact_id)
            .where(MEMBER.c.case_id.in_(some), CONTACT.c.data.is_not(None))
            .order_by(MEMBER.c.contact_id)
        )
        for row in connection.execute(query).mappings():
            found[row["case_id"]].append(row)
    return found


def _since(connection: sa.Connection, ids: Sequence[int]) -> dict[int, datetime]:
    """When routing proposed it."""
    found: dict[int, datetime] = {}
    for some in chunks(ids):
        query = (
            sa.select(_DECISION.c.case_id, sa.func.max(_DECISION.c.at))
            .where(_DECISION.c.case_id.in_(some), _DECISION.c.act == Act.FREE_WIN.value)
            .group_by(_DECISION.c.case_id)
        )
        found.update(connection.execute(query).tuples().all())
    return found


def _proposal(
    row: sa.RowMapping, members: Sequence[sa.RowMapping], since: datetime | None
) -> Proposal:
    data = row["data"] or {}
    email, source, holder = _held(row, members)
    names = [str(data.get(name) or "") for name in ("given_name", "family_name")]
    emails = data.get("emails") or []
    first = [address for address, place, _ in emails if place == EmailField.EMAIL1.value]
    return Proposal(
        case_id=row["id"],
        contact_id=ContactId(row["contact_id"]),
        name=" ".join(name for name in names if name),
        status=EmailStatus(row["status"]),
        old_email=first[0] if first else None,
        email=email,
        source=source,
        holder=ContactId(holder),
        since=since or row["decided_at"] or row["opened_at"],
        until=row["next_at"],
    )


def _held(row: sa.RowMapping, members: Sequence[sa.RowMapping]) -> tuple[str | None, str, str]:
    """The proposed address, where it stands, and in whose record."""
    win = row["win_email"]
    if win == TWIN:
        return row["twin_email"], TWIN, row["twin"] or ""
    for member in members:
        for address, place, _ in member["data"]["emails"]:
            if address == win and place != EmailField.EMAIL1.value:
                return win, str(place), member["id"]
    return win, "", row["contact_id"]
