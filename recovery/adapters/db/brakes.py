"""Brakes in the database, and what they are judged by: failures of the last day."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from recovery.adapters.db.audit import audit_all
from recovery.adapters.db.cases import ATTEMPT, OUTCOME
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import add_new, table
from recovery.adapters.db.tables.brakes import BrakeRow
from recovery.domain.brakes import Brake, BrakeName, Line, Told
from recovery.domain.case import Channel

T = TypeVar("T")
_BRAKE = table(BrakeRow)
#: Facts of a case that say a message failed, as the provider told us.
_FAILED = ("failed", "not_sent")
_ARRIVED = ("delivered", "read")
#: Empty where the provider named none; what we held back ourselves has none either.
_CODE = sa.func.coalesce(OUTCOME.c.detail["code"].as_string(), "")
_BY_PROVIDER = OUTCOME.c.kind.in_(_FAILED) & ((OUTCOME.c.kind == "failed") | (_CODE != ""))


class SqlBrakeStore:
    """Implements `BrakeStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def standing(self) -> dict[str, Brake]:
        query = sa.select(_BRAKE).where(_BRAKE.c.name != BrakeName.LINE)
        with self._database.read() as connection:
            return {row["name"]: _brake(row) for row in connection.execute(query).mappings()}

    def line(self) -> Line:
        query = sa.select(_BRAKE.c.detail).where(_BRAKE.c.name == BrakeName.LINE)
        with self._database.read() as connection:
            return _line(connection.execute(query).scalar())

    def change_line(self, change: Callable[[Line], tuple[Line, T]]) -> T:
        named = _BRAKE.c.name == BrakeName.LINE
        with self._database.begin() as connection:
            add_new(connection, BrakeRow, [{"name": BrakeName.LINE.value}])
            query = sa.select(_BRAKE.c.detail).where(named).with_for_update()
            line, answer = change(_line(connection.execute(query).scalar()))
            connection.execute(_BRAKE.update().where(named).values(detail=_of_line(line)))
        return answer

    def told(self, since: datetime) -> list[Told]:
        # A rejected attempt may be gone, its id another's: its outcome tells the template itself.
        template = sa.func.coalesce(OUTCOME.c.detail["template"].as_string(), ATTEMPT.c.template)
        language = sa.func.coalesce(OUTCOME.c.detail["language"].as_string(), ATTEMPT.c.language)
        query = (
            sa.select(
                _CODE.label("code"),
                template.label("template"),
                language.label("language"),
                sa.func.count().label("number"),
                sa.func.max(OUTCOME.c.at).label("last_at"),
            )
            .select_from(OUTCOME.outerjoin(ATTEMPT, ATTEMPT.c.id == OUTCOME.c.attempt_id))
            .where(_BY_PROVIDER, OUTCOME.c.at > since)
            .where(ATTEMPT.c.channel.is_(None) | (ATTEMPT.c.channel == Channel.WHATSAPP.value))
            .group_by(_CODE, template, language)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings()
            return [Told(**row) for row in rows]

    def failures(self, since: datetime) -> tuple[dict[str, int], int]:
        by_code = (
            sa.select(_CODE, sa.func.count())
            .where(_BY_PROVIDER, OUTCOME.c.at > since)
            .group_by(_CODE)
        )
        # Delivered, then read: one message.
        arrived = sa.select(sa.func.count(sa.distinct(OUTCOME.c.attempt_id))).where(
            OUTCOME.c.kind.in_(_ARRIVED), OUTCOME.c.at > since
        )
        with self._database.read() as connection:
            codes = dict(connection.execute(by_code).tuples().all())
            ended = int(connection.execute(arrived).scalar_one()) + sum(codes.values())
        return codes, ended

    def put_on(self, brakes: Sequence[Brake]) -> None:
        with self._database.begin() as connection:
            for one in sorted(brakes, key=lambda brake: brake.name):
                add_new(connection, BrakeRow, [{"name": one.name}])
                was_off = _BRAKE.c.since.is_(None) | (_BRAKE.c.until <= one.since)
                connection.execute(
                    _BRAKE.update()
                    .where(_BRAKE.c.name == one.name, was_off)
                    .values(
                        since=one.since, until=one.until, code=one.code, detail=dict(one.detail)
                    )
                )

    def note(self, name: str, detail: Mapping[str, Any]) -> None:
        with self._database.begin() as connection:
            connection.execute(
                _BRAKE.update().where(_BRAKE.c.name == name).values(detail=dict(detail))
            )

    def release(self, names: Sequence[str], now: datetime, *, by: str) -> list[str]:
        query = sa.select(_BRAKE).where(_BRAKE.c.name.in_(names), _BRAKE.c.since.is_not(None))
        with self._database.begin() as connection:
            query = query.order_by(_BRAKE.c.name).with_for_update()
            on = connection.execute(query).mappings().all()
            connection.execute(
                _BRAKE.update()
                .where(_BRAKE.c.name.in_([row["name"] for row in on]))
                .values(since=None, until=None, mended_at=now, mended_by=by)
            )
            acts = [("brake released", row["name"], _told(row)) for row in on]
            audit_all(connection, acts, at=now, actor=by)
        return [row["name"] for row in on]


def _brake(row: sa.RowMapping) -> Brake:
    return Brake(
        name=row["name"],
        since=row["since"],
        until=row["until"],
        code=row["code"],
        detail=row["detail"] or {},
        mended_at=row["mended_at"],
    )


def _told(row: sa.RowMapping) -> dict[str, Any]:
    since = row["since"].isoformat()
    return {"since": since, "code": row["code"], **(row["detail"] or {})}


def _line(detail: Mapping[str, Any] | None) -> Line:
    if not detail:
        return Line()
    moments = {
        name: datetime.fromisoformat(detail[name]) if detail[name] else None
        for name in ("counted_since", "open_until")
    }
    return Line(detail["in_a_row"], detail["answers"], detail["troubles"], **moments)


def _of_line(line: Line) -> dict[str, Any] | None:
    if line.is_fresh:
        return None
    return {
        "in_a_row": line.in_a_row,
        "answers": line.answers,
        "troubles": line.troubles,
        "counted_since": line.counted_since.isoformat() if line.counted_since else None,
        "open_until": line.open_until.isoformat() if line.open_until else None,
    }
