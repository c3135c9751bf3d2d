"""The check of what needs a person of the team: the list that Prefect tells of as well."""

from collections.abc import Iterator

from recovery.adapters.db import schema
from recovery.bootstrap import Recovery
from recovery.cli.checks import Finding, broken, fine, hint
from recovery.cli.installation import has_database
from recovery.services.attention import Kind


def attention(recovery: Recovery) -> Iterator[Finding]:
    """One line each; brakes and Keap's credential have lines of their own."""
    if not has_database(recovery) or not schema.is_current(recovery.database):
        return
    elsewhere = (Kind.BRAKE, Kind.KEAP)
    concerns = [one for one in recovery.attention.concerns() if one.kind not in elsewhere]
    for one in concerns:
        yield (broken if one.is_broken else hint)("needs a person", one.found, one.mend)
    if not concerns:
        yield fine("needs a person", "nothing does")
