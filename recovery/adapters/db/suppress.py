"""Suppressions, stops and dropped numbers, written inside the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import cases, keap_writes
from recovery.adapters.db.cases import ATTEMPT, CASE, MEMBER, OPEN_KEY
from recovery.adapters.db.sql import add_new, chunks, insert_new, table
from recovery.adapters.db.tables.people import (
    ContactKeyRow,
    DecisionRow,
    DroppedNumberRow,
    SuppressionRow,
)
from recovery.crashpoints import crashpoint
from recovery.domain.case import AttemptState, CaseState, Channel
from recovery.domain.imported import ALL
from recovery.services.ports import CodeAction

_SUPPRESSION = table(SuppressionRow)
_KEY = table(ContactKeyRow)
_DECISION = table(DecisionRow)
#: What tells one no of a person from another.
GROUND = ("key", "channel", "source", "reason")
_CLOSES_CALLS = frozenset({ALL, Channel.CALL.value})
_LOCK = 7_201_949  # any number, the same in every process
#: Codes by which a person opted out with the provider's own means (Twilio 21610, 63033).
OPTED_OUT = frozenset({"21610", "63033"})


def suppress(
    connection: sa.Connection,
    keys: Sequence[str],
    *,
    reason: str,
    source: str,
    at: datetime,
    channel: str = "all",
    may_be_undone: bool = False,
) -> None:
    """From this commit on nothing is started for these keys, on one ground.

    Calls in the queue wait where it may be undone; else they are cancelled.
    """
    ground = {"channel": channel, "source": source, "reason": reason}
    noes = [{"key": key, **ground, "at": at, "expires_at": None} for key in keys]
    suppress_all(connection, noes, may_be_undone=may_be_undone)


def keep_noes_out(connection: sa.Connection) -> None:
    """Until this transaction ends nobody writes a no that its looks could miss, as on SQLite."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(_LOCK)))


def wait_for_beginners(connection: sa.Connection) -> None:
    """Whoever looked before this no was written commits before it, too.

    Who holds a case asks for this before: what is begun meanwhile may wait for the case.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def suppress_all(
    connection: sa.Connection, noes: Sequence[Mapping[str, Any]], *, may_be_undone: bool = False
) -> int:
    """From this commit on nothing is started on these grounds; counts those not on record before.

    Calls to these numbers leave the queue, whosever they are: others may be behind the same number.
    One lifted before counts again, and each gets the end that was told last. None has a moment
    before that of a message that had left, though a clock was set back.
    """
    if not noes:
        return 0
    wait_for_beginners(connection)
    last = _last_sending(connection, sorted({one["key"] for one in noes}))
    by_ground = {tuple(one[name] for name in GROUND): one for one in noes}
    rows = [{**one, "at": max(one["at"], last or one["at"])} for one in by_ground.values()]
    new = insert_new(connection, SuppressionRow, rows)
    if new < len(rows):
        _renew(connection, rows)
    _touch_cases(connection, {row["key"]: row["at"] for row in rows})
    if not may_be_undone:
        _end_calls(connection, {r["key"]: r for r in rows if r["channel"] in _CLOSES_CALLS})
    crashpoint("P28")
    return new


def _touch_cases(connection: sa.Connection, noes: Mapping[str, datetime]) -> None:
    """Every open case with such a number may have meant to use it, whosever the number is."""
    found: dict[int, datetime] = {}
    for some in chunks(sorted(noes)):
        query = (
            sa.select(OPEN_KEY.c.case_id, _KEY.c.key)
            .join(_KEY, OPEN_KEY.c.key == "c" + _KEY.c.contact_id)
            .where(_KEY.c.key.in_(some))
        )
        found |= {row.case_id: noes[row.key] for row in connection.execute(query)}
    for case_id in sorted(found):
        cases.touch(connection, case_id, found[case_id])


def _end_calls(connection: sa.Connection, noes: Mapping[str, Mapping[str, Any]]) -> None:
    """Their tasks leave Keap with the next `record`; their cases are decided anew."""
    for some in chunks(sorted(noes)):
        queued = sa.and_(
            ATTEMPT.c.number_key.in_(some),
            ATTEMPT.c.channel == Channel.CALL.value,
            ATTEMPT.c.state == AttemptState.QUEUED.value,
        )
        columns = (CASE, ATTEMPT.c.step, ATTEMPT.c.number_key)
        query = sa.select(*columns).join(ATTEMPT, ATTEMPT.c.case_id == CASE.c.id).where(queued)
        for case in connection.execute(query).mappings().all():
            no = noes[case["number_key"]]
            told = {"step": case["step"], "reason": no["reason"]}
            cases.record(connection, case, "call_cancelled", no["at"], **told)
            keap_writes.drop_task(connection, case["id"], no["at"])
            keap_writes.end_keap_task(connection, case, no["at"])
            cases.touch(connection, case["id"], no["at"])
            cancelled = {"state": AttemptState.CANCELLED.value, "ended_at": no["at"]}
            own = ATTEMPT.c.case_id == case["id"]
            connection.execute(ATTEMPT.update().where(queued, own).values(**cancelled))


def _renew(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    ground = [_SUPPRESSION.c[name] == sa.bindparam(f"of_{name}") for name in GROUND]
    was_lifted = _SUPPRESSION.c.lifted_at.is_not(None)
    at = sa.case((was_lifted, sa.bindparam("new_at", type_=_SUPPRESSION.c.at.type)))
    connection.execute(
        _SUPPRESSION.update()
        .where(*ground)
        .values(
            expires_at=sa.bindparam("new_end"),
            at=sa.func.coalesce(at, _SUPPRESSION.c.at),
            lifted_at=None,
        ),
        [
            {
                **{f"of_{name}": row[name] for name in GROUND},
                "new_end": row["expires_at"],
                "new_at": row["at"],
            }
            for row in rows
        ],
    )


def _last_sending(connection: sa.Connection, keys: Sequence[str]) -> datetime | None:
    last = sa.select(sa.func.max(ATTEMPT.c.sending_at))
    found = [
        connection.execute(last.where(ATTEMPT.c.number_key.in_(some))).scalar()
        for some in chunks(keys)
    ]
    return max(filter(None, found), default=None)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A number that is somebody else's (`wrong`), or has no WhatsApp (`no_whatsapp`)."""

    case_id: int
    number_key: str
    why: str


def drop_number(
    connection: sa.Connection,
    case: Mapping[str, Any] | sa.RowMapping,
    number_key: str,
    why: str,
    at: datetime,
) -> None:
    """Drops one number."""
    drop_numbers(connection, [Dropped(case["id"], number_key, why)], at)


def drop_numbers(connection: sa.Connection, dropped: Sequence[Dropped], at: datetime) -> None:
    """Drops numbers for all contacts of their cases."""
    members: dict[int, list[str]] = {}
    for some in chunks(sorted({one.case_id for one in dropped})):
        query = sa.select(MEMBER.c.case_id, MEMBER.c.contact_id)
        for case_id, contact_id in connection.execute(query.where(MEMBER.c.case_id.in_(some))):
            members.setdefault(case_id, []).append(contact_id)
    rows = [
        {"contact_id": contact_id, "number_key": one.number_key, "why": one.why, "at": at}
        for one in dropped
        for contact_id in members.get(one.case_id, ())
    ]
    add_new(connection, DroppedNumberRow, rows)


def stop(
    connection: sa.Connection,
    case: sa.RowMapping,
    now: datetime,
    *,
    reason: str,
    number_key: str | None = None,
    actor: str = "contact",
) -> None:
    """Nobody of this person is contacted again, on any channel; open calls end at once, and what
    Keap was to be told of an earlier yes stays here."""
    keys = keys_of(connection, case) | ({number_key} if number_key else set())
    suppress(connection, sorted(keys), reason=reason, source=f"case {case['id']}", at=now)
    cases.record(connection, case, "opted_out", now, actor=actor, reason=reason)
    cases.end_attempts(connection, case["id"], now)
    keap_writes.end_keap_task(connection, case, now)
    keap_writes.withhold(connection, case["id"], now)
    if case["state"] != CaseState.CLOSED.value:
        cases.touch(connection, case["id"], now, stopped=True, state=CaseState.OPEN.value)


def open_again(
    connection: sa.Connection, case_ids: Iterable[int], now: datetime, *, is_lifted: bool = False
) -> None:
    """Decides cases anew of which some no is over; whom nothing silences any more leaves the hold
    that a no had put them in. Who said no themselves stays stopped, unless a manager lifted it."""
    for case_id in sorted(set(case_ids)):
        case = cases.held_case(connection, case_id)
        if case["state"] == CaseState.CLOSED.value:
            continue
        values: dict[str, Any] = {}
        if (is_lifted or not case["stopped"]) and not _is_silenced(connection, case_id):
            values["stopped"] = False
            if case["state"] == CaseState.HOLD.value and _held_by_a_no(connection, case_id):
                values |= {"state": CaseState.OPEN.value, "hold_until": None}
        cases.touch(connection, case_id, now, **values)


def _is_silenced(connection: sa.Connection, case_id: int) -> bool:
    """No channel is open by any key of the case."""
    theirs = (
        sa.select(_SUPPRESSION.c.id)
        .join(OPEN_KEY, OPEN_KEY.c.key == _SUPPRESSION.c.key)
        .where(OPEN_KEY.c.case_id == case_id)
    )
    return bool(connection.execute(sa.select(_close_all(theirs))).scalar_one())


def silenced(contact: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """As a condition on a contact: no channel is open by any of its keys."""
    theirs = (
        sa.select(_SUPPRESSION.c.id)
        .join(_KEY, _KEY.c.key == _SUPPRESSION.c.key)
        .where(_KEY.c.contact_id == contact)
    )
    return _close_all(theirs)


def _close_all(noes: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """One of these that stands closes all channels, or there is one for each."""
    standing = noes.where(_SUPPRESSION.c.lifted_at.is_(None))
    of = (standing.where(_SUPPRESSION.c.channel.in_((ALL, one.value))).exists() for one in Channel)
    return sa.and_(*of)


def _held_by_a_no(connection: sa.Connection, case_id: int) -> bool:
    """The hold began because they were silenced, not because all steps had ended."""
    began = (
        sa.select(_DECISION.c.rule)
        .where(_DECISION.c.case_id == case_id, _DECISION.c.rule.like("%.hold"))
        .order_by(_DECISION.c.id.desc())
        .limit(1)
    )
    return str(connection.execute(began).scalar()).startswith("stopped.")


def keys_of(connection: sa.Connection, case: sa.RowMapping) -> set[str]:
    """The keys of an open case; of a closed one those that nobody but its members has."""
    if case["state"] != CaseState.CLOSED.value:
        held = sa.select(OPEN_KEY.c.key).where(OPEN_KEY.c.case_id == case["id"])
        return {key for key in connection.execute(held).scalars() if not key.startswith("c")}
    members = sa.select(MEMBER.c.contact_id).where(MEMBER.c.case_id == case["id"])
    other = _KEY.alias()
    others = sa.select(other.c.key).where(
        other.c.key == _KEY.c.key, other.c.contact_id.not_in(members)
    )
    own = sa.select(_KEY.c.key).where(_KEY.c.contact_id.in_(members), ~others.exists())
    return set(connection.execute(own).scalars())


def says_no(code: str | None, action: CodeAction | None) -> bool:
    """Whether `follow_code` writes a no: who calls it with such a code asks for the turn first."""
    return code in OPTED_OUT or action is CodeAction.SUPPRESS


def follow_code(
    connection: sa.Connection,
    case: sa.RowMapping,
    number_key: str,
    code: str,
    action: CodeAction | None,
    now: datetime,
) -> None:
    """What the provider's code says of the number, or of the person's will."""
    if code in OPTED_OUT:
        stop(connection, case, now, reason=f"code {code}", number_key=number_key)
        return
    match action:
        case CodeAction.NEXT:
            drop_number(connection, case, number_key, "no_whatsapp", now)
        case CodeAction.BAD_NUMBER:
            drop_number(connection, case, number_key, "wrong", now)
        case CodeAction.SUPPRESS:
            suppress(
                connection,
                [number_key],
                reason=f"code {code}",
                source=f"case {case['id']}",
                at=now,
                channel=Channel.WHATSAPP.value,
            )
        case _:
            pass
