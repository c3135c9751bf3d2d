"""Checks of what today's base asks for: block lists of its countries, numbers without one."""

from collections.abc import Iterator

from recovery.adapters.db import schema
from recovery.adapters.db.queries.today import without_country
from recovery.bootstrap import Recovery
from recovery.cli.checks import Finding, fine, hint
from recovery.cli.installation import has_database
from recovery.errors import RecoveryError

#: From this share on numbers without a country are worth a setting.
_MANY = 0.05


def base(recovery: Recovery) -> Iterator[Finding]:
    """Nothing to say before the first pull."""
    try:
        if not has_database(recovery) or not schema.is_current(recovery.database):
            return
        yield from _registries(recovery)
        yield from _regions(recovery)
    except RecoveryError:
        return  # the checks of the database and the policy tell of it
    except Exception:  # noqa: BLE001 (so do they of a database that does not open)
        return


def _registries(recovery: Recovery) -> Iterator[Finding]:
    then = "they wait" if recovery.policy.registry == "hold" else "the queue warns"
    for one in recovery.block_lists():
        about, lists = f"block list {one.country}", ", ".join(one.names)
        if one.is_fresh:
            yield fine(about, f"a copy of {lists} was imported lately")
        else:
            yield hint(
                about,
                f"{lists} was not imported lately, {one.cases:,} open cases; {then}",
                "ask the list's owner for a copy, then `recovery import --do-not-contact FILE "
                f'--country {one.country}`; registry = "hold" keeps these people waiting',
            )


def _regions(recovery: Recovery) -> Iterator[Finding]:
    if recovery.policy.default_region:
        return
    lacking, every = without_country(recovery.database)
    if every and lacking / every >= _MANY:
        yield hint(
            "default_region",
            f"{lacking:,} of {every:,} people have a number without any country",
            'if they are from one country, set default_region = "MX" in your policy',
        )
    elif every:
        yield fine("countries", f"known for the numbers of {every - lacking:,} of {every:,} people")
