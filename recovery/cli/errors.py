"""How a command ends: exit codes, one clear line on stderr, and never a traceback.

0 done (also when there was nothing to do) · 1 failed · 2 wrong usage or configuration · 130 Ctrl-C.
"""

import errno
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir

import typer

from recovery.errors import (
    AuthorizationLost,
    ConfigurationError,
    NothingToDo,
    RecoveryError,
    StorageFull,
)

FAILED = 1
MISCONFIGURED = 2
INTERRUPTED = 130


@contextmanager
def explained() -> Iterator[None]:
    """Turns whatever a command raises into one line and an exit code."""
    try:
        yield
    except NothingToDo as reason:
        _say(f"nothing to do: {reason}")
        raise typer.Exit(0) from None
    except RecoveryError as error:
        _say(f"recovery: {error}")
        raise typer.Exit(exit_code(error)) from None
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        # Whoever read our output (head, less) went away; Python must not complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(FAILED) from None
    except Exception as error:
        if _is_of_the_command_line(error):
            _without_prefix(error)
            raise
        _say(_unexpected(error))
        raise typer.Exit(FAILED) from None


def exit_code(error: RecoveryError) -> int:
    """2 where only a person's mend of the set-up helps, 1 for everything else."""
    return MISCONFIGURED if isinstance(error, ConfigurationError | AuthorizationLost) else FAILED


def _is_of_the_command_line(error: Exception) -> bool:
    """Usage errors, `typer.Exit` and `typer.Abort` are shown by typer itself."""
    return type(error).__module__.startswith(("typer", "click"))


def _without_prefix(error: Exception) -> None:
    # What checks the values writes its own kind of error before the words.
    message = getattr(error, "message", None)
    if isinstance(message, str):
        error.message = message.removeprefix("Value error, ")  # type: ignore[attr-defined]


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _unexpected(error: Exception) -> str:
    kind = type(error).__name__
    refused = _of_the_system(error)
    if refused and refused.errno in _FULL:
        return f"recovery: {StorageFull()}"
    log = _log(error)
    where = f"the details are in {log}" if log else "no log could be written"
    if kind in {"OperationalError", "DatabaseError"}:
        return (
            f"recovery: the database cannot be used ({_of_sqlite(error) or kind}): run `recovery "
            "doctor`, check RECOVERY_DATABASE_URL and that its server runs; a damaged file comes "
            f"from your backup; {where}"
        )
    told = f"{kind}: {refused.strerror}" if refused else kind
    mend = _MENDS.get(refused.errno or 0, _AGAIN) if refused else _AGAIN
    return f"recovery: something unexpected happened ({told}); {where}. {mend}"


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_AGAIN = "Nothing was lost: run the command again, and `recovery doctor` if it happens again"
_MENDS = {
    errno.EMFILE: "Allow this user more open files (`ulimit -n 4096`), then run it again",
    errno.ENFILE: "This machine has too many files open: end something, then run it again",
    errno.EACCES: "Check who owns RECOVERY_HOME and the files it names, then run it again",
    errno.EPERM: "Check who owns RECOVERY_HOME and the files it names, then run it again",
    errno.ENOMEM: "This machine has too little memory: end something, then run it again",
}


def _of_the_system(error: BaseException | None) -> OSError | None:
    """What the operating system said, also where another error was made of it."""
    while error is not None:
        if isinstance(error, OSError) and error.strerror:
            return error
        error = error.__cause__ or error.__context__
    return None


def _of_sqlite(error: BaseException) -> str:
    """SQLite's own words, which name no values; a server's might."""
    said = getattr(error, "orig", error)
    return str(said) if type(said).__module__ == "sqlite3" else ""


def _log(error: Exception) -> Path | None:
    """Appends where it happened; messages are left out, because they may name people."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    chain = _causes(error)
    text = "\n".join([f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {chain}", *lines, ""])
    for path in (_home() / "recovery.log", _fallback()):
        with suppress(OSError):
            _append(path, text)
            return path
    return None


def _home() -> Path:
    from recovery.settings import load_settings

    with suppress(Exception):
        return load_settings().home
    return Path(os.environ.get("RECOVERY_HOME") or "var")


def _fallback() -> Path:
    """Where the home cannot be written."""
    return Path(gettempdir()) / f"recovery-{os.getuid()}.log"


def _append(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # In a folder of everybody's a link of somebody else's must not be followed.
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "a", encoding="utf-8") as file:
        file.write(text + "\n")


def _causes(error: BaseException) -> str:
    names = [type(error).__name__]
    cause = error.__cause__ or error.__context__
    while cause is not None and len(names) < 5:
        names.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return " from ".join(names)
