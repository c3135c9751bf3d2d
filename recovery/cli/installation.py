"""The installation that a command works on, with its database as the command needs it."""

from pathlib import Path

from recovery.adapters.db import schema
from recovery.bootstrap import Recovery
from recovery.errors import ConfigurationError

__all__ = ["Recovery", "existing", "has_database", "migrated"]


def migrated() -> Recovery:
    """For commands that work: the database is made or brought up to date first."""
    recovery = Recovery()
    schema.migrate(recovery.database)
    return recovery


def existing() -> Recovery:
    """For commands that only look: ConfigurationError where there is nothing to look at."""
    recovery = Recovery()
    if not has_database(recovery):
        raise ConfigurationError(
            f"there is no database in {recovery.settings.home} yet: run `recovery pull` first, or "
            "check RECOVERY_HOME"
        )
    schema.migrate(recovery.database)
    return recovery


def has_database(recovery: Recovery) -> bool:
    """Was this home ever used? Looking never makes an empty database."""
    url = recovery.settings.database
    if not url.startswith("sqlite:///"):
        return schema.revision_of(recovery.database) is not None
    return Path(url.removeprefix("sqlite:///")).exists()
