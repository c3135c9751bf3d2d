"""What Alembic runs: our tables' metadata, inside the transaction that the caller opened."""

from alembic import context
from sqlmodel import SQLModel

from recovery.adapters.db import tables

__all__ = ["tables"]


def _run() -> None:
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        # Our SQLite transactions hold schema changes too (see engine.py): whole or not at all.
        transactional_ddl=True,
        compare_type=True,
    )
    context.run_migrations()


_run()
