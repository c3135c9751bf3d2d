"""Users in the database; their secrets are sealed, and a second factor's code is good once."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recovery.adapters.db.audit import audit
from recovery.adapters.db.engine import Database
from recovery.adapters.db.sql import insert_new, table
from recovery.adapters.db.tables.accounts import SessionRow
from recovery.adapters.db.tables.ops import AuditRow, UserRow
from recovery.services.users.user import CONSOLE, Profile, Role, Theme, Tried, User

_USER = table(UserRow)
_SESSION = table(SessionRow)
_AUDIT = table(AuditRow)
_WRONG = "factor.refused"
_NO_LINK = {"invite_hash": None, "invited_until": None}


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
            return [user_of(row) for row in rows]

    def invited(self, token_sha256: str) -> User | None:
        query = sa.select(_USER).where(_USER.c.invite_hash == token_sha256)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        return user_of(row) if row else None

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
            if not insert_new(connection, UserRow, [values]):
                return False
            detail = {"role": user.role.value}
            audit(connection, "user.added", at=at, actor=by, about=user.email, detail=detail)
        return True

    def set_factor(self, email: str, totp: str | None, *, at: datetime, by: str) -> None:
        action = "user.factor_renewed" if totp else "user.factor_dropped"
        self._change(action, email, {"totp": totp, "totp_used": 0}, at=at, by=by)

    def set_password(self, email: str, password_hash: str, *, at: datetime, by: str) -> None:
        values = {"password_hash": password_hash, **_NO_LINK}
        self._change("user.password_renewed", email, values, at=at, by=by)

    def set_link(
        self, email: str, token_sha256: str, *, until: datetime, at: datetime, by: str
    ) -> None:
        values = {"invite_hash": token_sha256, "invited_until": until}
        with self._database.begin() as connection:
            connection.execute(_USER.update().where(_USER.c.email == email).values(**values))
            audit(connection, "user.invited", at=at, actor=by, about=email)

    def take_link(self, email: str, token_sha256: str, password_hash: str, *, at: datetime) -> bool:
        good = sa.and_(
            _USER.c.email == email,
            _USER.c.invite_hash == token_sha256,
            _USER.c.invited_until > at,
            _USER.c.active,
        )
        values = {"password_hash": password_hash, **_NO_LINK}
        return self._change("user.password_chosen", email, values, at=at, by=email, where=good)

    def set_role(self, email: str, role: Role, *, at: datetime, by: str) -> bool:
        values = {"role": role.value}
        free = role is Role.ADMIN or by == CONSOLE
        where = sa.true() if free else _not_last_admin(email)
        return self._change("user.role_changed", email, values, at=at, by=by, where=where)

    def set_active(self, email: str, *, active: bool, at: datetime, by: str) -> bool:
        action = "user.activated" if active else "user.deactivated"
        where = sa.true() if active or by == CONSOLE else _not_last_admin(email)
        return self._change(action, email, {"active": active}, at=at, by=by, where=where)

    def set_profile(self, email: str, profile: Profile) -> None:
        values = {
            "name": profile.name,
            "language": profile.language,
            "theme": profile.theme.value,
            "zone": profile.zone,
            "phone": profile.phone,
        }
        with self._database.begin() as connection:
            connection.execute(_USER.update().where(_USER.c.email == email).values(**values))

    def set_keap_users(self, matches: dict[str, str]) -> int:
        with self._database.begin() as connection:
            return sum(_match(connection, email, id_) for email, id_ in matches.items())

    def use_step(self, email: str, step: int) -> bool:
        with self._database.begin() as connection:
            return _use_step(connection, email, step)

    def try_code(
        self, user: User, step: int | None, *, most: int, since: datetime, at: datetime
    ) -> Tried:
        mine = sa.select(_USER).where(_USER.c.email == user.email, _USER.c.totp == user.totp)
        with self._database.begin() as connection:
            row = connection.execute(mine.with_for_update()).mappings().first()
            if _wrong_codes(connection, user.email, since) >= most:
                return Tried.TOO_MANY
            if row is None or step is None:
                audit(connection, _WRONG, at=at, actor=user.email, about=user.email)
                return Tried.WRONG
            return Tried.RIGHT if _use_step(connection, user.email, step) else Tried.USED

    def _change(
        self,
        action: str,
        email: str,
        values: dict[str, Any],
        *,
        at: datetime,
        by: str,
        where: sa.ColumnElement[bool] | None = None,
    ) -> bool:
        """What somebody proved themselves by is another now: their sessions end with it."""
        mine = _USER.c.email == email
        change = _USER.update().where(mine if where is None else sa.and_(mine, where))
        with self._database.begin() as connection:
            if where is not None:
                _keep_admins(connection)
            if connection.execute(change.values(**values)).rowcount != 1:
                return False
            connection.execute(_SESSION.delete().where(_SESSION.c.email == email))
            detail = {"role": values["role"]} if "role" in values else None
            audit(connection, action, at=at, actor=by, about=email, detail=detail)
        return True


def _use_step(connection: sa.Connection, email: str, step: int) -> bool:
    earlier = sa.and_(_USER.c.email == email, _USER.c.totp_used < step)
    return connection.execute(_USER.update().where(earlier).values(totp_used=step)).rowcount == 1


def _wrong_codes(connection: sa.Connection, email: str, since: datetime) -> int:
    query = sa.select(sa.func.count()).where(
        _AUDIT.c.action == _WRONG, _AUDIT.c.object == email, _AUDIT.c.at >= since
    )
    return int(connection.execute(query).scalar_one())


def _keep_admins(connection: sa.Connection) -> None:
    """Until the transaction ends nobody else stops being one: two could lock each other out."""
    admins = sa.select(_USER.c.email).where(_USER.c.role == Role.ADMIN.value)
    connection.execute(admins.order_by(_USER.c.email).with_for_update())


def _not_last_admin(email: str) -> sa.ColumnElement[bool]:
    other = _USER.alias()
    others = sa.select(other.c.email).where(
        other.c.role == Role.ADMIN.value, other.c.active, other.c.email != email
    )
    is_admin = sa.and_(_USER.c.role == Role.ADMIN.value, _USER.c.active)
    return sa.or_(sa.not_(is_admin), sa.exists(others))


def _match(connection: sa.Connection, email: str, keap_user_id: str) -> bool:
    another = sa.func.coalesce(_USER.c.keap_user_id, "") != keap_user_id
    change = _USER.update().where(_USER.c.email == email, another)
    return connection.execute(change.values(keap_user_id=keap_user_id)).rowcount == 1


def user_in(connection: sa.Connection, email: str) -> User | None:
    """The user of this address, inside a transaction."""
    query = sa.select(_USER).where(_USER.c.email == email)
    row = connection.execute(query).mappings().first()
    return user_of(row) if row else None


def user_of(row: Any) -> User:
    """The user behind a row."""
    return User(
        row["email"],
        Role(row["role"]),
        active=row["active"],
        language=row["language"],
        totp=row["totp"],
        password_hash=row["password_hash"],
        factor_works=row["totp"] is not None and row["totp_used"] > 0,
        name=row["name"],
        theme=Theme(row["theme"]),
        zone=row["zone"],
        phone=row["phone"],
        keap_user_id=row["keap_user_id"],
        invited_until=row["invited_until"],
    )
