"""Checks that need no account: settings, policy, templates, database, keys, disk, Prefect."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import requests

from recovery.adapters.db import schema
from recovery.adapters.db.keyed import must_fit
from recovery.adapters.jinja import read_folder
from recovery.bootstrap import Recovery
from recovery.cli.checks import Finding, broken, fine, hint, wrong
from recovery.cli.installation import has_database
from recovery.cli.strangers import strangers
from recovery.errors import ConfigurationError, RecoveryError

_LITTLE = 500 * 2**20
_TOO_LITTLE = 50 * 2**20


def settings(recovery: Recovery) -> Iterator[Finding]:
    """Every variable that begins with ours is read."""
    del recovery
    found = strangers()
    for one in found:
        mend = f"write {one.meant}" if one.meant else "take it out; the README lists them all"
        yield hint("settings", f"{one.name} is no setting and is ignored", mend)
    if not found:
        yield fine("settings", "every RECOVERY_ variable is known")


def policy(recovery: Recovery) -> Iterator[Finding]:
    """Can be read; tells which."""
    try:
        found = recovery.policy
    except ConfigurationError as error:
        yield wrong("policy", str(error), "mend that key; `recovery policy check` shows the rest")
        return
    path = recovery.settings.policy or "as shipped"
    yield fine("policy", f"{path}, profile {found.profile}, version {found.version}")
    if found.intake is None:
        yield hint(
            "intake",
            "nothing waits for a free rep: `recovery policy check` counts the days of work",
            "in the policy: intake = { reps = 2, calls_per_rep_day = 60, open_chats_per_rep = 20 }",
        )


def texts(recovery: Recovery) -> Iterator[Finding]:
    """The templates on disk pass their rules."""
    try:
        templates, problems = read_folder(recovery.template_folder)
    except ConfigurationError as error:
        yield wrong("texts", str(error), "check RECOVERY_TEMPLATES")
        return
    if problems:
        yield wrong(
            "texts",
            f"{len(problems)} problem(s) in {recovery.template_folder}",
            "`recovery templates check` names each with its mend",
        )
    else:
        yield fine("texts", f"{len(templates)} texts in three languages")


def spool(recovery: Recovery) -> Iterator[Finding]:
    """Callbacks that could not be read are kept, and told."""
    folder = recovery.settings.spool
    aside = sorted(folder.glob("*.bad"))
    if aside:
        yield hint(
            "spool",
            f"{len(aside)} batch(es) of callbacks could not be read whole: {aside[0]}",
            "`recovery record` asks Twilio for what they said; after it take the files away",
        )


def database(recovery: Recovery) -> Iterator[Finding]:
    """Reachable and migrated."""
    try:
        yield _database(recovery)
    except ConfigurationError as error:
        yield wrong("database", str(error), "check RECOVERY_HOME and RECOVERY_DATABASE_URL")
    except RecoveryError as error:
        yield broken("database", str(error), "free some space, then run again")
    except Exception as error:  # noqa: BLE001 (drivers have errors of their own)
        yield broken(
            "database",
            f"cannot be opened ({type(error).__name__})",
            "check RECOVERY_DATABASE_URL and that the server runs",
        )


def _database(recovery: Recovery) -> Finding:
    if not has_database(recovery):
        return hint("database", "not made yet", "`recovery migrate` or the first pull makes it")
    at = schema.revision_of(recovery.database)
    if at == schema.head():
        return fine("database", f"{recovery.database.url.get_backend_name()}, revision {at}")
    return hint("database", f"at revision {at}, not {schema.head()}", "run `recovery migrate`")


def keys(recovery: Recovery) -> Iterator[Finding]:
    """There, and readable by their owner alone."""
    folder = recovery.settings.home / "keys"
    files = sorted(folder.glob("*.key"))
    try:
        _open_what_is_stored(recovery)
    except ConfigurationError as error:
        yield wrong("keys", str(error), "put the folder back from your backup")
        return
    open_to_others = [str(path) for path in files if path.stat().st_mode & 0o077]
    if not recovery.keyring.has_keys:
        yield hint("keys", "not made yet", "the first pull makes them: then back them up")
    elif open_to_others:
        told = f"{' and '.join(open_to_others)} can be read by others"
        yield wrong("keys", told, f"chmod 600 {folder}/*.key")
    else:
        yield fine("keys", f"{folder}: back them up apart from the database")


def _open_what_is_stored(recovery: Recovery) -> None:
    """ConfigurationError where a key is not that of the hashes, or of the second factors."""
    if has_database(recovery):
        must_fit(recovery.database, recovery.keyring)
        if schema.revision_of(recovery.database) == schema.head():
            for sealed in (user.totp for user in recovery.users.list() if user.totp):
                recovery.keyring.unseal(sealed)
    if recovery.keyring.has_keys:
        recovery.keyring.keys()


def disk(recovery: Recovery) -> Iterator[Finding]:
    """Space where the database and the archives are."""
    home = _existing(recovery.settings.home.absolute())
    if not home.is_dir():
        yield wrong("disk", f"{home} is no folder", "choose another RECOVERY_HOME")
        return
    if not os.access(home, os.W_OK):
        yield wrong("disk", f"{home} cannot be written", "choose another RECOVERY_HOME")
        return
    free = shutil.disk_usage(home).free
    told = f"{free / 2**30:.1f} GB free at {recovery.settings.home}"
    if free < _TOO_LITTLE:
        yield broken("disk", told, "free some space: nothing can be stored")
    elif free < _LITTLE:
        yield hint("disk", told, "free some space before the next archive")
    else:
        yield fine("disk", told)


def _existing(path: Path) -> Path:
    return next(one for one in (path, *path.parents) if one.exists())


def prefect(recovery: Recovery) -> Iterator[Finding]:
    """The server that flows run on."""
    del recovery
    url = os.environ.get("PREFECT_API_URL")
    if not url:
        yield fine("Prefect", "no PREFECT_API_URL: `recovery serve` starts a server of its own")
        return
    try:
        answer = requests.get(f"{url.rstrip('/')}/health", timeout=3, allow_redirects=False)
    except requests.RequestException:
        mend = "start it, check PREFECT_API_URL, or unset it"
        yield broken("Prefect", f"{url} does not answer", mend)
        return
    if answer.status_code == 200:
        yield fine("Prefect", url)
    else:
        mend = "check PREFECT_API_URL (it ends in /api) and PREFECT_API_AUTH_STRING"
        yield broken("Prefect", f"{url} answers HTTP {answer.status_code}", mend)
