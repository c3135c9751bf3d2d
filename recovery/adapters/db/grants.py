"""The rotating pair of OAuth2 in one row, its tokens sealed; and the lease of who refreshes it."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.adapters.db.lease import Leases, SqlLease
from recovery.adapters.db.sql import add_new, table
from recovery.adapters.db.tables.ops import MetaRow
from recovery.adapters.keap.grant import Grant
from recovery.services.users.service import Seal

NAME = "keap_oauth"
_META = table(MetaRow)


class SqlGrantStore:
    """Implements Keap's `GrantStore`; `seed` is the refresh token of the settings.

    Seeds that were used once are remembered by their hash: a process that still has an older one
    must not put it in the place of what a person gave since.
    """

    def __init__(self, database: Database, seal: Seal, *, seed: str) -> None:
        self._database = database
        self._seal = seal
        self._seed = seed
        self._print = hashlib.sha256(seed.encode()).hexdigest()

    def load(self) -> Grant:
        with self._database.read() as connection:
            value = connection.execute(_row()).scalar()
        if not self._knows_seed(value):
            value = self._adopt()
        return self._grant_of(value or {})

    def swap(self, new: Grant, *, at: int) -> bool:
        with self._database.begin() as connection:
            value = connection.execute(_row().with_for_update()).scalar()
            if not value or value["generation"] != at:
                return False
            self._write(connection, self._value_of(new, seeds=value["seeds"]))
        return True

    def turn(self) -> AbstractContextManager[SqlLease]:
        # Who waits for a refresh waits in real time, whatever the clock of the cases says.
        return Leases(self._database, lambda: datetime.now(UTC)).hold(NAME)

    def _knows_seed(self, value: Mapping[str, Any] | None) -> bool:
        return bool(value) and self._print in (value or {})["seeds"]

    def _adopt(self) -> dict[str, Any]:
        """A refresh token that was never seen takes the place of whatever is kept."""
        with self._database.begin() as connection:
            add_new(connection, MetaRow, [{"key": NAME, "value": None}])
            kept: dict[str, Any] = connection.execute(_row().with_for_update()).scalar() or {}
            if self._knows_seed(kept):
                return kept
            grant = Grant(generation=kept.get("generation", 0) + 1, refresh=self._seed)
            value = self._value_of(grant, seeds=[*kept.get("seeds", []), self._print])
            self._write(connection, value)
        return value

    def _write(self, connection: sa.Connection, value: dict[str, Any]) -> None:
        connection.execute(_META.update().where(_META.c.key == NAME).values(value=value))

    def _value_of(self, grant: Grant, *, seeds: list[str]) -> dict[str, Any]:
        return {
            "generation": grant.generation,
            "seeds": seeds,
            "sealed": self._seal.seal(json.dumps([grant.refresh, grant.access])),
            "obtained_at": _text(grant.obtained_at),
            "expires_at": _text(grant.expires_at),
            "asked_at": _text(grant.asked_at),
            "refused": grant.refused,
        }

    def _grant_of(self, value: Mapping[str, Any]) -> Grant:
        refresh, access = json.loads(self._seal.unseal(value["sealed"]))
        return Grant(
            generation=value["generation"],
            refresh=refresh,
            access=access,
            obtained_at=_moment(value["obtained_at"]),
            expires_at=_moment(value["expires_at"]),
            asked_at=_moment(value["asked_at"]),
            refused=value["refused"],
        )


def refused_since(connection: sa.Connection, now: datetime) -> datetime | None:
    """When the refresh began whose token Keap refuses, else now; None while it refuses none."""
    value = connection.execute(_row()).scalar()
    return (_moment(value["asked_at"]) or now) if value and value["refused"] else None


def in_doubt_since(connection: sa.Connection) -> datetime | None:
    """When a refresh began whose answer nobody has, while Keap refuses nothing yet."""
    value = connection.execute(_row()).scalar()
    return _moment(value["asked_at"]) if value and not value["refused"] else None


def _row() -> sa.Select[Any]:
    return sa.select(_META.c.value).where(_META.c.key == NAME)


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
