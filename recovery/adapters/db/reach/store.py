"""What reaching reads and writes: calls into the queue, intents, the last checks, the answers."""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db import keap_writes
from recovery.adapters.db.cases import ATTEMPT, CASE, CONTACT, MEMBER, OPEN_KEY, unheard
from recovery.adapters.db.contact_data import deciding_email
from recovery.adapters.db.engine import Database
from recovery.adapters.db.gate import must_hold
from recovery.adapters.db.lease import fence
from recovery.adapters.db.pull.purchases import bought
from recovery.adapters.db.reach.call_cap import take_turn, within_cap
from recovery.adapters.db.reach.fresh import not_fresh
from recovery.adapters.db.reach.intents import decide_anew, write_intents
from recovery.adapters.db.reach.pacing import WAITS
from recovery.adapters.db.send_answers import follow_answers, record_answers
from recovery.adapters.db.sending import mark_sending
from recovery.adapters.db.sql import add_new, chunks, table
from recovery.adapters.db.suppress import keep_noes_out
from recovery.adapters.db.tables.people import AttemptRow, SuppressionRow
from recovery.adapters.db.users.owners import given_to
from recovery.crashpoints import crashpoint
from recovery.domain.case import FIRST_MESSAGE, AttemptState, CaseState, Channel
from recovery.domain.decision import Act
from recovery.services.pipeline import Answered, Started
from recovery.services.reach.drafting import Due, Intent
from recovery.services.wording import Addressee

_SUPPRESSION = table(SuppressionRow)
#: Cases in which automation may act.
_ACTIVE = (CaseState.OPEN.value, CaseState.ENGAGED.value)
#: The lease under which messages of the cadence leave.
_STAGE = "reach"


class SqlReachStore:
    """Implements `ReachStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        #: Variables of intents that this process committed, until they are posted.
        self._variables: dict[str, Mapping[str, str]] = {}

    def queue_calls(self, now: datetime, *, cap: int, only: Sequence[int] | None = None) -> int:
        query = sa.select(CASE).where(CASE.c.state.in_(_ACTIVE), CASE.c.next_act == Act.CALL.value)
        if only is not None:
            query = query.where(CASE.c.id.in_(only))
        query = query.where(*_still_stands(now), ~_suppressed("call").exists())
        # A number that others have too is held by none of their cases.
        query = query.where(~_number_suppressed("call", CASE.c.next_number_key).exists())
        with self._database.begin() as connection:
            keep_noes_out(connection)
            take_turn(connection)
            # Whoever ends or changes one of these cases meanwhile finds its call in the queue.
            query = query.order_by(CASE.c.id).with_for_update(key_share=True)
            decided = connection.execute(query).mappings().all()
            rows, late = within_cap(connection, decided, cap)
            for some in chunks(late):
                decide_anew(connection, some, now)
            add_new(connection, AttemptRow, [_call(row, now) for row in rows])
            ids = [row["id"] for row in rows]
            given = {n: u for some in chunks(ids) for n, u in given_to(connection, some).items()}
            for row in rows:
                owner_id = given.get(row["id"], row["owner_id"])
                _ask_keap_for_task(connection, row, owner_id, now)
            for some in chunks(ids):
                connection.execute(
                    CASE.update()
                    .where(CASE.c.id.in_(some))
                    .values(
                        next_act=None, callback_at=None, route_at=now, version=CASE.c.version + 1
                    )
                )
        return len(rows)

    def due_ids(self, now: datetime) -> tuple[int, ...]:
        query = (
            sa.select(CASE.c.id)
            .where(CASE.c.state == CaseState.OPEN.value)
            .where(CASE.c.next_act == Act.MESSAGE.value, CASE.c.next_at <= now)
            .order_by(CASE.c.value.desc(), CASE.c.id)
        )
        with self._database.read() as connection:
            return tuple(connection.execute(query).scalars())

    def waiting(self, now: datetime) -> Counter[str]:
        # A first message is due at once: nothing but the hour or its turn keeps it back.
        why = sa.case(
            (CASE.c.reason.endswith(WAITS), "allowance_used_up"),
            (CASE.c.next_step == FIRST_MESSAGE, "outside_hours"),
            else_="message_planned",
        )
        query = (
            sa.select(why.label("why"), sa.func.count())
            .where(CASE.c.state == CaseState.OPEN.value)
            .where(CASE.c.next_act == Act.MESSAGE.value, CASE.c.next_at > now)
            .group_by("why")
        )
        with self._database.read() as connection:
            return Counter(dict(connection.execute(query).tuples().all()))

    def due(self, case_ids: Sequence[int]) -> list[Due]:
        query = (
            sa.select(CASE, CONTACT.c.data)
            .join(CONTACT, CONTACT.c.id == CASE.c.contact_id)
            .where(CASE.c.id.in_(case_ids), CASE.c.next_act == Act.MESSAGE.value)
        )
        with self._database.read() as connection:
            rows = {row["id"]: row for row in connection.execute(query).mappings()}
            names = _given_names(connection, list(rows))
            orders = bought(connection, [row["contact_id"] for row in rows.values()])
        return [_due(rows[one], names.get(one, []), orders) for one in case_ids if one in rows]

    def intend(self, intents: Sequence[Intent], now: datetime, *, epoch: int) -> set[str]:
        if not intents:
            return set()
        with self._database.begin() as connection:
            fence(connection, _STAGE, epoch)
            crashpoint("P03")
            standing = write_intents(connection, intents, now)
        crashpoint("P04")
        self._variables.update((i.token, i.variables) for i in intents if i.token in standing)
        return standing

    def begin_sending(
        self,
        tokens: Sequence[str],
        now: datetime,
        *,
        epoch: int,
        fresh_since: datetime,
        valid_for: Callable[[Mapping[str, object]], int],
    ) -> tuple[list[Started], Counter[str]]:
        started: list[Started] = []
        refused: Counter[str] = Counter()
        with self._database.begin() as connection:
            fence(connection, _STAGE, epoch)
            must_hold(connection)
            keep_noes_out(connection)
            silenced = _silenced(connection, tokens)
            rows = connection.execute(_to_check(tokens)).mappings().all()
            unseen = not_fresh(connection, [row["id"] for row in rows], fresh_since)
            for row in rows:
                seconds = valid_for(row["next_place"]) if row["next_place"] else 0
                why = _why_not(row, now, seconds, silenced, unseen)
                if why:
                    refused[why] += 1
                else:
                    started.append(self._started(row, seconds))
            ids = [one.attempt_id for one in started]
            begun = mark_sending(connection, ids, now, epoch=epoch)
        crashpoint("P05")
        for token in tokens:
            self._variables.pop(token, None)
        refused["case_changed"] += len(started) - len(begun)
        return [one for one in started if one.attempt_id in begun], refused

    def _started(self, row: sa.RowMapping, seconds: int) -> Started:
        return Started(
            attempt_id=row["attempt_id"],
            case_id=row["id"],
            token=row["token"],
            number=row["number"],
            content_sid=row["content_sid"],
            variables=self._variables[row["token"]],
            valid_for=seconds,
        )

    def settle(self, answered: Sequence[Answered], now: datetime, *, epoch: int) -> None:
        with self._database.begin() as connection:
            follow_answers(connection, record_answers(connection, answered, now, epoch=epoch), now)
        crashpoint("P08")

    def postpone(self, due: Due, at: datetime) -> None:
        still = (CASE.c.version == due.version, CASE.c.next_act == Act.MESSAGE.value)
        with self._database.begin() as connection:
            connection.execute(
                CASE.update().where(CASE.c.id == due.case_id, *still).values(next_at=at)
            )


def _call(row: sa.RowMapping, now: datetime) -> dict[str, Any]:
    # An office's number has several cases, each with its own calls; a person's has one.
    return {
        "case_id": row["id"],
        "contact_id": row["contact_id"],
        "channel": Channel.CALL.value,
        "step": row["next_step"],
        "step_key": ":".join(
            str(row[name]) for name in ("next_number_key", "contact_id", "round", "next_step")
        ),
        "state": AttemptState.QUEUED.value,
        "token": secrets.token_urlsafe(16),
        "number": row["next_number"],
        "number_key": row["next_number_key"],
        "case_version": row["version"],
        "policy_version": row["policy_version"],
        "rule": row["rule"],
        "epoch": 0,
        "created_at": now,
        "due_at": row["next_at"],
        "planned_on": row["next_planned_on"],
        "owner_id": row["owner_id"],
        "looks": 0,
    }


def _ask_keap_for_task(
    connection: sa.Connection, row: sa.RowMapping, owner_id: str | None, now: datetime
) -> None:
    """One open Keap task a case: made for the first call, re-dated for each that follows."""
    due_at = row["next_at"].isoformat()
    # A call that was given back is queued once more, of a newer version of its case.
    keap_writes.write_back(
        connection,
        row,
        "task",
        now,
        key=f"task:{row['id']}:{row['next_step']}:{row['version']}",
        payload={
            "due_at": due_at,
            "step": row["next_step"],
            "number": row["next_number"],
            "owner_id": owner_id,
        },
    )


def _given_names(connection: sa.Connection, ids: Sequence[int]) -> dict[int, list[str]]:
    query = (
        sa.select(MEMBER.c.case_id, CONTACT.c.data)
        .join(CONTACT, CONTACT.c.id == MEMBER.c.contact_id)
        .where(MEMBER.c.case_id.in_(ids), CONTACT.c.data.is_not(None))
    )
    names: dict[int, list[str]] = {}
    for row in connection.execute(query):
        names.setdefault(row.case_id, []).append(row.data["given_name"])
    return names


def _due(row: sa.RowMapping, names: list[str], orders: Mapping[str, str]) -> Due:
    email = deciding_email(row["data"])
    return Due(
        case_id=row["id"],
        contact_id=row["contact_id"],
        version=row["version"],
        round=row["round"],
        step=row["next_step"],
        number=row["next_number"],
        number_key=row["next_number_key"],
        place=row["next_place"],
        template=row["next_template"],
        rule=row["rule"],
        addressee=Addressee(row["language"], names, email or "", orders.get(row["contact_id"], "")),
    )


def _to_check(tokens: Sequence[str]) -> sa.Select[Any]:
    return (
        sa.select(
            ATTEMPT.c.id.label("attempt_id"),
            ATTEMPT.c.token,
            ATTEMPT.c.number,
            ATTEMPT.c.number_key,
            ATTEMPT.c.content_sid,
            ATTEMPT.c.step.label("attempt_step"),
            ATTEMPT.c.case_version,
            CASE,
        )
        .join(CASE, CASE.c.id == ATTEMPT.c.case_id)
        .where(ATTEMPT.c.token.in_(tokens), ATTEMPT.c.state == AttemptState.INTENDED.value)
        .order_by(ATTEMPT.c.id)
    )


def _silenced(connection: sa.Connection, tokens: Sequence[str]) -> set[int]:
    """Cases of these messages with a suppression on any key of the person, or on the number."""
    number = _number_suppressed("whatsapp", ATTEMPT.c.number_key)
    query = (
        sa.select(CASE.c.id)
        .join(ATTEMPT, ATTEMPT.c.case_id == CASE.c.id)
        .where(ATTEMPT.c.token.in_(tokens), _suppressed("whatsapp").exists() | number.exists())
    )
    return set(connection.execute(query).scalars())


def _suppressed(channel: str) -> sa.Select[Any]:
    """Suppressions of any key of a case's person."""
    return (
        sa.select(OPEN_KEY.c.key)
        .join(_SUPPRESSION, _SUPPRESSION.c.key == OPEN_KEY.c.key)
        .where(OPEN_KEY.c.case_id == CASE.c.id, _SUPPRESSION.c.lifted_at.is_(None))
        .where(_SUPPRESSION.c.channel.in_((channel, "all")))
        .correlate(CASE)
    )


def _number_suppressed(channel: str, number_key: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return (
        sa.select(_SUPPRESSION.c.key)
        .where(_SUPPRESSION.c.key == number_key, _SUPPRESSION.c.lifted_at.is_(None))
        .where(_SUPPRESSION.c.channel.in_((channel, "all")))
        .correlate(CASE, ATTEMPT)
    )


def _still_stands(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """A decision that nothing was heard after."""
    return (~CASE.c.stopped, unheard(now))


def _why_not(
    row: sa.RowMapping, now: datetime, seconds: int, silenced: set[int], unseen: set[int]
) -> str | None:
    """The last checks, in the words of the counts; None where the message may leave."""
    if row["id"] in silenced:
        return "suppressed"
    if row["state"] != CaseState.OPEN.value:
        return "case_closed"
    if row["version"] != row["case_version"] or row["next_step"] != row["attempt_step"]:
        return "case_changed"
    if row["route_at"] is not None and row["route_at"] <= now:
        return "to_be_routed"
    if seconds <= 0:
        return "outside_hours"
    if row["id"] in unseen:
        return "status_not_fresh"
    return None
