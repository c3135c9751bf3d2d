"""The inbox in the database: one synced transaction for all that came at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from recovery.adapters.db.engine import BUSY_SECONDS, Database
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import QuarantineRow
from recovery.adapters.db.tables.people import CallbackRow, ReplyRow
from recovery.services.inbox import NotStored, Rejection, Unstorable, Waiting
from recovery.services.webhook_form import Callback, Received, Reply

_CALLBACK = table(CallbackRow)
_REPLY = table(ReplyRow)
_QUARANTINE = table(QuarantineRow)
_CALLBACK_FIELDS = tuple(field.name for field in fields(Callback))
_REPLY_FIELDS = tuple(field.name for field in fields(Reply))
_REJECTION_FIELDS = tuple(field.name for field in fields(Rejection))
#: How long a webhook waits for a locked database before the spool takes over.
PATIENCE_MS = 2_000
#: Rejections kept; a flood of forged requests must not fill the disk.
MOST_REJECTIONS = 10_000


class SqlInboxStore:
    """Implements `InboxStore`."""

    def __init__(self, database: Database, *, patience_ms: int = PATIENCE_MS) -> None:
        self._database = database
        self._patience_ms = patience_ms

    def keep(self, received: Sequence[Received]) -> int:
        callbacks = [_row(one, _CALLBACK_FIELDS) for one in received if isinstance(one, Callback)]
        replies = [reply_row(one) for one in received if isinstance(one, Reply)]
        with self._impatient() as connection:
            return _insert(connection, _CALLBACK, callbacks) + _insert(connection, _REPLY, replies)

    def quarantine(self, rejections: Sequence[Rejection]) -> None:
        newest = sa.select(sa.func.max(_QUARANTINE.c.id) - MOST_REJECTIONS).scalar_subquery()
        with self._impatient() as connection:
            connection.execute(
                _QUARANTINE.insert(), [_row(one, _REJECTION_FIELDS) for one in rejections]
            )
            connection.execute(_QUARANTINE.delete().where(_QUARANTINE.c.id <= newest))

    def waiting(self) -> Waiting:
        callbacks = sa.select(sa.func.count()).where(_CALLBACK.c.applied_at.is_(None))
        replies = sa.select(sa.func.count()).where(_REPLY.c.handled_at.is_(None))
        with self._database.read() as connection:
            return Waiting(
                int(connection.execute(callbacks).scalar_one()),
                int(connection.execute(replies).scalar_one()),
            )

    @contextmanager
    def _impatient(self) -> Iterator[sa.Connection]:
        """A transaction that gives up soon: Twilio waits 15 s for us, and the spool is ready."""
        try:
            with (
                self._database.turn(self._patience_ms / 1000),
                self._database.engine.connect() as connection,
                self._short_wait(connection),
                connection.begin(),
            ):
                self._limit(connection)
                yield connection
        except (DataError, IntegrityError, UnicodeError, OverflowError) as error:
            raise Unstorable from error
        except DBAPIError as error:
            raise NotStored from error
        except StatementError as error:
            raise Unstorable from error  # a value that no statement can be made of
        except SQLAlchemyError as error:
            raise NotStored from error

    @contextmanager
    def _short_wait(self, connection: sa.Connection) -> Iterator[None]:
        if not self._database.is_sqlite:
            yield
            return
        driver: Any = connection.connection.dbapi_connection
        driver.execute(f"PRAGMA busy_timeout={self._patience_ms}")
        try:
            yield
        finally:
            # The connection goes back to the pool, where others are more patient.
            driver.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")

    def _limit(self, connection: sa.Connection) -> None:
        if not self._database.is_sqlite:
            wait = int(self._patience_ms)
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {wait}")
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {2 * wait}")


def reply_row(reply: Reply) -> dict[str, Any]:
    """What is stored of a reply, however it came."""
    return _row(reply, _REPLY_FIELDS)


def _row(one: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(one, name) for name in names}


def _insert(connection: sa.Connection, target: sa.Table, rows: list[dict[str, Any]]) -> int:
    if not rows:
        return 0
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(target).on_conflict_do_nothing()
    counting = connection.execution_options(preserve_rowcount=True)
    return max(0, counting.execute(insert, rows).rowcount)
