"""Loading persons and the history of their cases, some hundred at a time, for routing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT, CASE, CONTACT, MEMBER, OPEN_KEY
from recovery.adapters.db.contact_data import deciding_email, numbers_in
from recovery.adapters.db.contents import texts_by_language
from recovery.adapters.db.imports import block_lists
from recovery.adapters.db.offices import Offices
from recovery.adapters.db.placed import PLACED
from recovery.adapters.db.pull.purchases import bought
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.people import (
    ConsentRow,
    ContactKeyRow,
    DroppedNumberRow,
    SuppressionRow,
)
from recovery.domain.case import (
    MAY_HAVE_COME,
    Attempt,
    AttemptState,
    Case,
    CaseId,
    CaseState,
    Channel,
    Disposition,
)
from recovery.domain.contact import ContactId, EmailField
from recovery.domain.email_status import DELIVERABLE, EmailStatus
from recovery.domain.person import Basis, Consent, Member, Number, Person
from recovery.domain.texts import Texts, likely_email
from recovery.services.route.service import RouteItem

_KEY = table(ContactKeyRow)
_CONSENT = table(ConsentRow)
_DROPPED = table(DroppedNumberRow)
_SUPPRESSION = table(SuppressionRow)

_UNASKED = Texts()

Rows = Mapping[Any, list[sa.RowMapping]]


def load_items(connection: sa.Connection, rows: Sequence[sa.RowMapping]) -> list[RouteItem]:
    """Cases with their persons and attempts; the order is kept."""
    ids = [row["id"] for row in rows]
    members = _grouped(connection, _members(ids), "case_id")
    contacts = [m["id"] for group in members.values() for m in group]
    held = _grouped(connection, sa.select(OPEN_KEY).where(OPEN_KEY.c.case_id.in_(ids)), "case_id")
    suppressed = _grouped(connection, _suppressions(ids), "case_id")
    twins = _grouped(connection, _twins(ids), "case_id")
    consents = _grouped(
        connection, sa.select(_CONSENT).where(_CONSENT.c.contact_id.in_(contacts)), "contact_id"
    )
    dropped = _grouped(
        connection, sa.select(_DROPPED).where(_DROPPED.c.contact_id.in_(contacts)), "contact_id"
    )
    attempts = _grouped(
        connection,
        sa.select(ATTEMPT).where(ATTEMPT.c.case_id.in_(ids)).order_by(ATTEMPT.c.id),
        "case_id",
    )
    dialled = _dialled(connection, ids)
    asked = _asked_once(connection, ids)
    sharing = _sharing_addresses(connection, ids)
    offices = Offices(connection, _office_keys(members, held), _number_keys(members))
    texts = texts_by_language(connection)
    lists = block_lists(connection)
    purchases = bought(connection, [row["contact_id"] for row in rows])
    items = []
    for row in rows:
        case_id = row["id"]
        person = _person(
            row,
            members.get(case_id, []),
            keys={one["key"] for one in held.get(case_id, ())},
            offices=offices,
            consents=consents.get(row["contact_id"], []),
            dropped=dropped,
            suppressed=suppressed.get(case_id, []),
            has_twin=case_id in twins,
            asked_once=case_id in asked,
            shares_address=case_id in sharing,
            order=purchases.get(row["contact_id"], ""),
        )
        history = tuple(_attempt(a, dialled) for a in attempts.get(case_id, ()))
        calls = offices.calls_beside(case_id, person.numbers)
        said = texts.get(row["language"], _UNASKED)
        items.append(RouteItem(case_of(row), person, history, calls, said, block_lists=lists))
    return items


def _grouped(connection: sa.Connection, query: sa.Select[Any], by: str) -> Rows:
    groups: dict[Any, list[sa.RowMapping]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        groups[row[by]].append(row)
    return groups


def _members(ids: Sequence[int]) -> sa.Select[Any]:
    return (
        sa.select(MEMBER.c.case_id, CONTACT)
        .join(CONTACT, CONTACT.c.id == MEMBER.c.contact_id)
        .where(MEMBER.c.case_id.in_(ids), CONTACT.c.data.is_not(None))
        .order_by(MEMBER.c.contact_id)
    )


def _suppressions(ids: Sequence[int]) -> sa.Select[Any]:
    return (
        sa.select(OPEN_KEY.c.case_id, _SUPPRESSION.c.channel)
        .join(_SUPPRESSION, _SUPPRESSION.c.key == OPEN_KEY.c.key)
        .where(OPEN_KEY.c.case_id.in_(ids), _SUPPRESSION.c.lifted_at.is_(None))
    )


def _twins(ids: Sequence[int]) -> sa.Select[Any]:
    """Records of the same person whose address Keap still delivers to."""
    return (
        sa.select(OPEN_KEY.c.case_id)
        .join(_KEY, _KEY.c.key == OPEN_KEY.c.key)
        .join(CONTACT, CONTACT.c.id == _KEY.c.contact_id)
        .where(OPEN_KEY.c.case_id.in_(ids), CONTACT.c.status.in_(sorted(DELIVERABLE)))
        .distinct()
    )


def _office_keys(members: Rows, held: Rows) -> set[str]:
    """Keys of numbers that no case holds, because more contacts have them than a person may."""
    found: set[str] = set()
    for case_id, rows in members.items():
        own = {one["key"] for one in held.get(case_id, ())}
        found |= {one.key for row in rows for one in numbers_in(row["data"])} - own
    return found


def _number_keys(members: Rows) -> set[str]:
    rows = (row for group in members.values() for row in group)
    return {one.key for row in rows for one in numbers_in(row["data"])}


def _asked_once(connection: sa.Connection, ids: Sequence[int]) -> set[int]:
    """Cases whose person an earlier case wrote to with a template that nobody gets twice."""
    by_number = (
        sa.select(OPEN_KEY.c.case_id)
        .join(ATTEMPT, ATTEMPT.c.number_key == OPEN_KEY.c.key)
        .where(OPEN_KEY.c.case_id.in_(ids), ATTEMPT.c.case_id != OPEN_KEY.c.case_id)
    )
    # Whoever has another number since was asked all the same.
    before = MEMBER.alias("before")
    by_contact = (
        sa.select(MEMBER.c.case_id)
        .join(before, before.c.contact_id == MEMBER.c.contact_id)
        .join(ATTEMPT, ATTEMPT.c.case_id == before.c.case_id)
        .where(MEMBER.c.case_id.in_(ids), before.c.case_id != MEMBER.c.case_id)
    )
    once = (
        ATTEMPT.c.template.like("%\\_once", escape="\\"),
        ATTEMPT.c.state.in_(sorted(MAY_HAVE_COME)),
    )
    queries = (query.where(*once).distinct() for query in (by_number, by_contact))
    return {case_id for query in queries for case_id in connection.execute(query).scalars()}


def _dialled(connection: sa.Connection, ids: Sequence[int]) -> dict[int, datetime]:
    """Attempts whose person was dialled through us."""
    query = sa.select(PLACED.c.attempt_id, PLACED.c.dialled_at)
    query = query.where(PLACED.c.case_id.in_(ids), PLACED.c.dialled_at.is_not(None))
    return {row.attempt_id: row.dialled_at for row in connection.execute(query)}


def _sharing_addresses(connection: sa.Connection, ids: Sequence[int]) -> set[int]:
    """Cases with a contact whose deciding address others have too, though no case holds it."""
    holder, other = OPEN_KEY.alias("holder"), _KEY.alias("other")
    query = (
        sa.select(MEMBER.c.case_id)
        .join(CONTACT, CONTACT.c.id == MEMBER.c.contact_id)
        .join(other, (other.c.key == CONTACT.c.primary_key) & (other.c.contact_id != CONTACT.c.id))
        .outerjoin(holder, holder.c.key == CONTACT.c.primary_key)
        .where(MEMBER.c.case_id.in_(ids), holder.c.key.is_(None))
    )
    return set(connection.execute(query.distinct()).scalars())


def case_of(row: sa.RowMapping) -> Case:
    """The domain's case behind a row."""
    return Case(
        id=CaseId(row["id"]),
        contact_id=row["contact_id"],
        state=CaseState(row["state"]),
        round=row["round"],
        version=row["version"],
        opened_at=row["opened_at"],
        started_on=row["started_on"],
        requested=row["requested"],
        win_rejected=row["win_rejected"],
        win_email=row["win_email"],
        win_until=row["next_at"] if row["state"] == CaseState.PROPOSED.value else None,
        stopped=row["stopped"],
        callback_at=row["callback_at"],
        hold_until=row["hold_until"],
    )


def _attempt(row: sa.RowMapping, dialled: Mapping[int, datetime]) -> Attempt:
    return Attempt(
        step=row["step"],
        channel=Channel(row["channel"]),
        state=AttemptState(row["state"]),
        number_key=row["number_key"],
        created_at=row["sending_at"] or row["created_at"],
        ended_at=row["ended_at"],
        code=row["code"],
        disposition=Disposition(row["disposition"]) if row["disposition"] else None,
        due_at=row["due_at"],
        planned_on=row["planned_on"],
        dialled_at=dialled.get(row["id"]),
        template=row["template"],
    )


def _person(
    case: sa.RowMapping,
    members: list[sa.RowMapping],
    *,
    keys: set[str],
    consents: list[sa.RowMapping],
    dropped: Rows,
    suppressed: list[sa.RowMapping],
    offices: Offices,
    has_twin: bool,
    asked_once: bool,
    shares_address: bool,
    order: str,
) -> Person:
    everyone = tuple(_member(row) for row in members)
    own = next((r for r in members if r["id"] == case["contact_id"]), None)
    data = own["data"] if own else {}
    ordered = sorted(members, key=lambda row: row["id"] != case["contact_id"])
    return Person(
        contact=_member(own) if own else _nobody(case),
        members=everyone or (_nobody(case),),
        numbers=_numbers(ordered, keys, dropped, offices),
        consents=tuple(_consent(row) for row in consents),
        suppressed=_channels(suppressed),
        country=data.get("country"),
        region_code=data.get("region_code"),
        language=case["language"],
        others_deliverable=has_twin,
        asked_once=asked_once,
        shares_address=shares_address,
        order=order,
        likely_email=likely_email(deciding_email(data) or ""),
    )


def _nobody(case: sa.RowMapping) -> Member:
    """A case whose contact is not stored: its status is not known, so nothing is done."""
    return Member(ContactId(case["contact_id"]), EmailStatus.UNKNOWN, case["opened_at"])


def _member(row: sa.RowMapping) -> Member:
    others = [
        email
        for email, place, status in row["data"]["emails"]
        if place != EmailField.EMAIL1 and status in DELIVERABLE
    ]
    return Member(
        contact_id=ContactId(row["id"]),
        status=EmailStatus(row["status"]),
        status_since=row["status_since"],
        other_deliverable=next(iter(others), None),
        is_protected=row["data"]["protected"],
    )


def _numbers(
    members: Sequence[sa.RowMapping], keys: set[str], dropped: Rows, offices: Offices
) -> tuple[Number, ...]:
    numbers: dict[str, Number] = {}
    for row in members:
        wrong = {(d["number_key"], d["why"]) for d in dropped.get(row["id"], ())}
        for one in numbers_in(row["data"]):
            number = Number(
                one.phone,
                tuple(one.zones),
                is_office=one.key not in keys,
                is_dropped=(one.key, "wrong") in wrong,
                lacks_whatsapp=(one.key, "no_whatsapp") in wrong,
                suppressed=_channels(offices.suppressed.get(one.key, [])),
                key=one.key,
            )
            numbers.setdefault(one.key, number)
    return tuple(numbers.values())


def _consent(row: sa.RowMapping) -> Consent:
    return Consent(Channel(row["channel"]), Basis(row["basis"]), row["at"], row["source"])


def _channels(rows: list[sa.RowMapping]) -> frozenset[Channel]:
    channels: set[Channel] = set()
    for row in rows:
        channels |= set(Channel) if row["channel"] == "all" else {Channel(row["channel"])}
    return frozenset(channels)


__all__ = ["CASE", "case_of", "load_items"]
