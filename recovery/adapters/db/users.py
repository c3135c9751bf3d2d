"""Users in the database; their secrets are sealed, and a second factor's code is good once."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.audit import audit
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables_ops import AuditRow, UserRow
from recovery.services.users import Role, User

_USER = table(UserRow)
_AUDIT = table(AuditRow)
_WRONG = "factor.refused"


class SqlUserStore:
    """Implements `UserStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def user(self, email: str) -> User | None:
        with self._database.read() as connection:
            return user_in(connection, email)

    def users(self) -> list[User]:
        with self._database.read() as connection:
            rows = connection.execute(sa.select(_USER).order_by(_USER.c.email)).mappings()
            return [_user(row) for row in rows]

    def add(self, user: User, *, at: datetime, by: str) -> bool:
        values = {
            "email": user.email,
            "role": user.role.value,
            "password_hash": user.password_hash,
            "totp": user.totp,
            "totp_used": 0,
            "language": user.language,
            "active": user.active,
            "created_at": at,
        }
        with self._database.begin() as connection:
            if user_in(connection, user.email):
                return False
            connection.execute(_USER.insert().values(**values))
            detail = {"role": user.role.value}
            audit(connection, "user.added", at=at, actor=by, about=user.email, detail=detail)
        return True

    def set_factor(self, email: str, totp: str, *, at: datetime, by: str) -> None:
        self._change("user.factor_renewed", email, {"totp": totp}, at=at, by=by)

    def set_password(self, email: str, password_hash: str, *, at: datetime, by: str) -> None:
        self._change("user.password_renewed", email, {"password_hash": password_hash}, at=at, by=by)

    def set_active(self, email: str, *, active: bool, at: datetime, by: str) -> None:
        action = "user.activated" if active else "user.deactivated"
        self._change(action, email, {"active": active}, at=at, by=by)

    def use_step(self, email: str, step: int) -> bool:
        change = (
            _USER.update()
            .where(_USER.c.email == email, _USER.c.totp_used < step)
            .values(totp_used=step)
        )
        with self._database.begin() as connection:
            return connection.execute(change).rowcount == 1

    def wrong_codes(self, email: str, *, since: datetime) -> int:
        query = sa.select(sa.func.count()).where(
            _AUDIT.c.action == _WRONG, _AUDIT.c.object == email, _AUDIT.c.at >= since
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def record_wrong_code(self, email: str, *, at: datetime) -> None:
        with self._database.begin() as connection:
            audit(connection, _WRONG, at=at, actor=email, about=email)

    def _change(
        self, action: str, email: str, values: dict[str, Any], *, at: datetime, by: str
    ) -> None:
        with self._database.begin() as connection:
            connection.execute(_USER.update().where(_USER.c.email == email).values(**values))
            audit(connection, action, at=at, actor=by, about=email)


def user_in(connection: sa.Connection, email: str) -> User | None:
    """The user of this address, inside a transaction."""
    query = sa.select(_USER).where(_USER.c.email == email)
    row = connection.execute(query).mappings().first()
    return _user(row) if row else None


def _user(row: Any) -> User:
    return User(
        row["email"],
        Role(row["role"]),
        active=row["active"],
        language=row["language"],
        totp=row["totp"],
        password_hash=row["password_hash"],
    )
