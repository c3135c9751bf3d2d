"""Check of what opens the Keap account: which credential, until when, and whether it is refused."""

from collections.abc import Iterator
from datetime import datetime

from recovery.adapters.db import schema
from recovery.adapters.keap.credential import Credential, credential_of
from recovery.adapters.keap.grant import IDLE_LIFE, Grant
from recovery.bootstrap import Recovery
from recovery.cli.checks import Finding, fine, hint, wrong
from recovery.cli.installation import has_database
from recovery.errors import AuthorizationLost

WHAT = "Keap credential"


def credential(recovery: Recovery) -> Iterator[Finding]:
    """For OAuth2 an access token is fetched if none is kept, as any run would do."""
    if credential_of(recovery.settings.keap) is Credential.KEY:
        yield fine(WHAT, "a service account key or personal access token")
    elif not can_rotate(recovery):
        yield wrong(
            WHAT,
            "OAuth2, whose rotating tokens are kept in the database, and none is ready",
            "run `recovery migrate`, then `recovery doctor` again",
        )
    else:
        yield from _rotating(recovery)


def can_rotate(recovery: Recovery) -> bool:
    """Tokens that rotate must have a place to be kept."""
    return has_database(recovery) and schema.is_current(recovery.database)


def _rotating(recovery: Recovery) -> Iterator[Finding]:
    try:
        recovery.keap_tokens.token()
    except AuthorizationLost as error:
        yield wrong(
            WHAT,
            f"OAuth2, refused: {error}",
            "connect again, set RECOVERY_KEAP__REFRESH_TOKEN to the new refresh token",
        )
        return
    yield _state(recovery.keap_grants.load())


def _state(grant: Grant) -> Finding:
    told = f"OAuth2, access until {_minute(grant.expires_at)}"
    if grant.is_in_doubt:
        return hint(
            WHAT,
            f"{told}; the refresh of {_minute(grant.asked_at)} got no answer",
            "reconnect before then: put a new refresh token into RECOVERY_KEAP__REFRESH_TOKEN",
        )
    idle = _minute(grant.obtained_at + IDLE_LIFE if grant.obtained_at else None)
    return fine(WHAT, f"{told}, renewed from {_minute(grant.due_at)} on; unused it ends {idle}")


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "an unknown time"
