"""Checks of the Keap account: host, token, who writes, quota, clock and the consent rule's tags."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import requests

from recovery.adapters.db import schema
from recovery.adapters.keap.client import KeapClient
from recovery.adapters.keap.credential import Credential, credential_of
from recovery.adapters.keap.pacer import MemoryPacerStore
from recovery.bootstrap import Recovery
from recovery.cli.checks import Finding, Level, broken, fine, hint, wrong
from recovery.cli.checks.credential import credential
from recovery.cli.installation import has_database
from recovery.cli.reachable import check_root, trouble_reaching
from recovery.errors import AuthorizationLost, ConfigurationError, RecoveryError

_TOKEN = "RECOVERY_KEAP__TOKEN"  # noqa: S105 (a variable's name)
_RENEW = {
    Credential.KEY: f"make a new service account key in Keap and put it into {_TOKEN}",
    Credential.OAUTH: "connect again, set RECOVERY_KEAP__REFRESH_TOKEN to the new refresh token",
}
_SKEW = timedelta(minutes=5)
_LOW = 500


def keap(recovery: Recovery) -> Iterator[Finding]:
    """From the setting to the account, ending where the first link breaks."""
    settings = recovery.settings.keap
    try:
        kind = credential_of(settings)
    except ConfigurationError as error:
        yield wrong("Keap", str(error), f"set {_TOKEN}, or all of OAuth2, never both")
        return
    if trouble := trouble_reaching(settings.base_url):
        yield broken("Keap", trouble, "check RECOVERY_KEAP__BASE_URL and the network")
        return
    try:
        check_root(settings)
    except ConfigurationError as error:
        yield wrong("Keap", str(error), "mend that address")
        return
    yield from _clock(recovery)
    try:
        found = list(credential(recovery))
        yield from found
        if any(one.level is Level.WRONG for one in found):
            return
        yield from _account(_client(recovery), recovery)
    except ConfigurationError as error:
        yield wrong("Keap", str(error), "mend the setting it names")
    except AuthorizationLost:
        yield wrong("Keap", "Keap refuses the token", _RENEW[kind])
    except RecoveryError as error:
        mend = "try again later; check RECOVERY_KEAP__BASE_URL if it stays"
        yield broken("Keap", str(error), mend)


def _client(recovery: Recovery) -> KeapClient:
    known = has_database(recovery) and schema.is_current(recovery.database)
    return recovery.impatient_crm(None if known else MemoryPacerStore())


def _account(client: KeapClient, recovery: Recovery) -> Iterator[Finding]:
    users = {user.id: user for user in client.users()}
    yield fine("Keap", f"the token works, {len(users)} users")
    acting = client.acting_user()
    if acting is None:
        yield wrong("Keap notes", "nobody to write them as", "set RECOVERY_KEAP__USER_ID")
    elif acting not in users:
        mend = f"one of {', '.join(sorted(users))} for RECOVERY_KEAP__USER_ID"
        yield wrong("Keap notes", f"user {acting} is not in the account", mend)
    else:
        yield fine("Keap notes", f"written by user {acting}")
    usage = client.usage()
    left = "Keap has not said what is left" if usage.left is None else f"{usage.left:,} left"
    told = f"{usage.used:,} calls used today, {left}"
    if usage.left is not None and usage.left < _LOW:
        yield hint("Keap quota", told, "it starts anew at 00:00 UTC")
    else:
        yield fine("Keap quota", told)
    yield from _consent(client, recovery)


def _consent(client: KeapClient, recovery: Recovery) -> Iterator[Finding]:
    rule = recovery.policy.consent
    if not rule.is_set:
        yield wrong("consent", "no rule: nobody gets WhatsApp", "set [consent] tags or field")
        return
    missing = [name for name in (*rule.tags, *rule.call_tags) if client.tag_id(name) is None]
    if rule.field and not _has_field(client, rule.field):
        missing.append(f"field {rule.field}")
    if not missing:
        sources = ", ".join([*rule.tags, *([rule.field] if rule.field else [])])
        yield fine("consent", f"proved by {sources}")
        return
    yield hint(
        "consent",
        f"not in Keap: {', '.join(missing)}",
        "nobody agrees by it: make it in Keap, or change [consent] in your policy",
    )


def _has_field(client: KeapClient, name: str) -> bool:
    fields = client.model().get("custom_fields") or []
    wanted = name.strip().lower()
    return any(
        wanted in {str(one.get(key, "")).strip().lower() for key in ("label", "field_name")}
        for one in fields
    )


def _clock(recovery: Recovery) -> Iterator[Finding]:
    """Leases and allowed hours count on this machine's time; a sandbox may have one of its own."""
    if recovery.guard.keap_is_sandbox:
        return
    try:
        answer = requests.head(recovery.settings.keap.base_url, timeout=5, allow_redirects=False)
        theirs = parsedate_to_datetime(answer.headers["Date"])
    except (requests.RequestException, KeyError, ValueError):
        return
    off = abs(datetime.now(UTC) - theirs.astimezone(UTC))
    if off > _SKEW:
        minutes = int(off.total_seconds() // 60)
        yield broken("clock", f"{minutes} minutes off Keap's", "set this machine's clock (NTP)")
    else:
        yield fine("clock", "agrees with Keap's")
