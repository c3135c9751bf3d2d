"""Every table; importing this package loads them all into the metadata."""

from recovery.adapters.db.tables import (
    accounts,
    brakes,
    calls,
    effects,
    imports,
    ops,
    people,
    queue,
)

__all__ = ["accounts", "brakes", "calls", "effects", "imports", "ops", "people", "queue"]
