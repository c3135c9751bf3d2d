"""`recovery migrate`: makes or upgrades the database."""

from recovery.adapters.db import schema
from recovery.bootstrap import Recovery
from recovery.cli.group import example
from recovery.cli.output import JsonOption, print_json


@example("recovery migrate")
def migrate(*, as_json: JsonOption = False) -> None:
    """Make the database, or bring an older one up to date.

    Can be repeated. Every command that works does it by itself; on PostgreSQL run it once after
    an upgrade, before the workers start.
    """
    database = Recovery().database
    before, after = schema.migrate(database), schema.head()
    if as_json:
        print_json({"before": before, "after": after})
    elif before == after:
        print(f"the database is up to date ({after})")
    else:
        print(f"the database was {'upgraded' if before else 'made'} ({after})")
