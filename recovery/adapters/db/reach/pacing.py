"""What pacing counts: who was written to lately, how it was taken, and our senders' levels."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.cases import ATTEMPT, CASE, unheard
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import add_new, chunks, table, upsert
from recovery.adapters.db.tables.brakes import BrakeRow, SenderRow
from recovery.adapters.db.tables.people import ReplyRow
from recovery.domain.brakes import BrakeName
from recovery.domain.case import (
    BY_REP,
    FIRST_MESSAGE,
    LAST_MESSAGE,
    MAY_HAVE_COME,
    AttemptState,
    CaseState,
    Channel,
)
from recovery.domain.decision import Act
from recovery.domain.pace import Level, Reception
from recovery.domain.reply import ReplyKind
from recovery.services.ports import SenderHealth
from recovery.services.reach.pacing import LastCanary

_BRAKE = table(BrakeRow)
_SENDER = table(SenderRow)
_REPLY = table(ReplyRow)
#: Messages that may use up one of the day's people: also those in doubt, not those that failed.
_USED = sorted(MAY_HAVE_COME)
_ARRIVED = (AttemptState.DELIVERED, AttemptState.READ)
#: By these codes a person blocked us, or opted out by WhatsApp's own means.
_BLOCKED = ("21610", "63014", "63033", "63050")
_MINDED = (ReplyKind.STOP.value, ReplyKind.WRONG_PERSON.value)
_WRITTEN = ATTEMPT.c.channel == Channel.WHATSAPP.value
_OF_CADENCE = ATTEMPT.c.step.in_((FIRST_MESSAGE, LAST_MESSAGE))
#: What Meta's limit of people counts: outside a session we begin, with an approved text.
_QUESTION_OF_A_REP = ATTEMPT.c.step.like(f"{BY_REP}%") & ATTEMPT.c.content_sid.is_not(None)
_BEGUN_BY_US = _WRITTEN & (_OF_CADENCE | _QUESTION_OF_A_REP)
#: As after any decision for a message: what could not leave for so long is decided anew.
_UNSENT_FOR = timedelta(days=2)


#: How the reason of a case ends that waits for the day of its turn.
WAITS = ": their turn comes then"
_COMES_EARLIER = "today has room for more people than was thought: their turn has come"


class SqlPacingStore:
    """Implements `PacingStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(self, senders: Sequence[SenderHealth], now: datetime) -> None:
        rows = [
            {
                "number": one.sender,
                "quality": one.quality,
                "status": one.status,
                "daily_limit": one.daily_limit,
                "limit_told": one.limit_told,
                "checked_at": now,
            }
            for one in senders
        ]
        with self._database.begin() as connection:
            upsert(connection, SenderRow, rows)

    def remembered(self, since: datetime) -> list[SenderHealth]:
        query = sa.select(_SENDER).where(_SENDER.c.checked_at >= since).order_by(_SENDER.c.number)
        with self._database.read() as connection:
            return [
                SenderHealth(
                    sender=row["number"],
                    quality=row["quality"],
                    daily_limit=row["daily_limit"],
                    status=row["status"],
                    limit_told=row["limit_told"],
                )
                for row in connection.execute(query).mappings()
            ]

    def levels(self) -> dict[str, Level]:
        query = sa.select(_SENDER).where(_SENDER.c.level.is_not(None))
        with self._database.read() as connection:
            rows = connection.execute(query).mappings()
            return {row["number"]: Level(row["level"], row["level_since"]) for row in rows}

    def save_levels(self, levels: dict[str, Level]) -> None:
        plain = {"quality": "", "status": "", "limit_told": False}
        with self._database.begin() as connection:
            add_new(connection, SenderRow, [{"number": number, **plain} for number in levels])
            for number, level in levels.items():
                connection.execute(
                    _SENDER.update()
                    .where(_SENDER.c.number == number)
                    .values(level=level.people, level_since=level.since)
                )

    def written_to(self, since: datetime) -> list[tuple[str, datetime]]:
        query = (
            # A deleted person's number is forgotten, not that we wrote to somebody.
            sa.select(
                sa.func.coalesce(sa.func.max(ATTEMPT.c.number), ""),
                sa.func.max(ATTEMPT.c.sending_at),
            )
            .where(_BEGUN_BY_US, ATTEMPT.c.state.in_(_USED), ATTEMPT.c.sending_at > since)
            .group_by(ATTEMPT.c.number_key)
        )
        with self._database.read() as connection:
            return list(connection.execute(query).tuples())

    def reception(self, since: datetime, until: datetime) -> Reception:
        with self._database.read() as connection:
            arrived, *minded = (
                connection.execute(sa.select(sa.func.count()).select_from(one.subquery())).scalar()
                or 0
                for one in _taken(since, until)
            )
        return Reception(arrived, sum(minded))

    def takers(self, since: datetime, until: datetime) -> tuple[list[str], list[str]]:
        with self._database.read() as connection:
            arrived, replied, blocked = (
                [number or "" for number in connection.execute(one).scalars()]
                for one in _taken(since, until)
            )
        return arrived, replied + blocked

    def sent(self, since: datetime, until: datetime) -> int:
        then = ATTEMPT.c.sending_at.between(since, until)
        left = (*_USED, AttemptState.FAILED, AttemptState.REJECTED)
        query = sa.select(sa.func.count()).where(*_cadence(left), then)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def canary(self) -> LastCanary | None:
        query = sa.select(_BRAKE).where(_BRAKE.c.name == _CANARY)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        if row is None or not row["detail"]:
            return None
        begun_at = datetime.fromisoformat(row["detail"]["begun_at"])
        return LastCanary(begun_at, row["mended_at"], is_asked=row["since"] is not None)

    def begin_canary(self, now: datetime) -> None:
        with self._database.begin() as connection:
            add_new(connection, BrakeRow, [{"name": _CANARY}])
            connection.execute(
                _BRAKE.update()
                .where(_BRAKE.c.name == _CANARY)
                .values(since=None, detail={"begun_at": now.isoformat()})
            )

    def numbers(self, case_ids: Sequence[int]) -> dict[int, str]:
        query = sa.select(CASE.c.id, CASE.c.next_number).where(CASE.c.id.in_(case_ids))
        with self._database.read() as connection:
            return dict(connection.execute(query).tuples().all())

    def defer(self, until: dict[int, datetime], reason: str, now: datetime) -> None:
        statement = (
            CASE.update()
            .where(CASE.c.id == sa.bindparam("case_id"), CASE.c.next_act == Act.MESSAGE.value)
            .where(CASE.c.next_at <= now, unheard(now))
            .values(
                next_at=sa.bindparam("at"), route_at=sa.bindparam("anew"), reason=reason + WAITS
            )
        )
        for some in chunks(list(until)):
            rows = [
                {"case_id": one, "at": until[one], "anew": until[one] + _UNSENT_FOR} for one in some
            ]
            with self._database.begin() as connection:
                connection.execute(statement, rows)

    def has_deferred(self, now: datetime) -> bool:
        query = sa.select(CASE.c.id).where(*_deferred(now)).limit(1)
        with self._database.read() as connection:
            return connection.execute(query).first() is not None

    def bring_forward(self, most: int | None, now: datetime) -> tuple[int, ...]:
        query = sa.select(CASE.c.id).where(*_deferred(now)).limit(most)
        query = query.order_by(CASE.c.value.desc(), CASE.c.id)
        with self._database.begin() as connection:
            ids = tuple(connection.execute(query).scalars())
            for some in chunks(ids):
                connection.execute(
                    CASE.update()
                    .where(CASE.c.id.in_(some), *_deferred(now))
                    .values(next_at=now, route_at=now + _UNSENT_FOR, reason=_COMES_EARLIER)
                )
        return ids


_CANARY = BrakeName.CANARY.value


def _taken(since: datetime, until: datetime) -> tuple[sa.Select[Any], ...]:
    """The number of each message that arrived, of each case that minded, of each block."""
    then = ATTEMPT.c.sending_at.between(since, until)
    arrived = sa.select(ATTEMPT.c.number).where(*_cadence(_ARRIVED), then)
    replied = (
        sa.select(sa.func.max(ATTEMPT.c.number))
        .join(_REPLY, _REPLY.c.case_id == ATTEMPT.c.case_id)
        .where(*_cadence(), then, _REPLY.c.kind.in_(_MINDED), _REPLY.c.received_at >= since)
        .group_by(ATTEMPT.c.case_id)
    )
    blocked = sa.select(ATTEMPT.c.number).where(*_cadence(), then, ATTEMPT.c.code.in_(_BLOCKED))
    return arrived, replied, blocked


def _deferred(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        CASE.c.state == CaseState.OPEN.value,
        CASE.c.next_act == Act.MESSAGE.value,
        CASE.c.next_at > now,
        CASE.c.reason.endswith(WAITS),
        unheard(now),
    )


def _cadence(states: Iterable[AttemptState] = ()) -> list[sa.ColumnElement[bool]]:
    """Messages that we began with: answers in a session need no allowance."""
    conditions = [_WRITTEN, _OF_CADENCE]
    wanted = [state.value for state in states]
    return [*conditions, ATTEMPT.c.state.in_(wanted)] if wanted else conditions
