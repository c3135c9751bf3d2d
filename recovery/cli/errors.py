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
    if _disk_is_full(error):
        return f"recovery: {StorageFull()}"
    log = _log(error)
    if kind in {"OperationalError", "DatabaseError"}:
        return (
            f"recovery: the database cannot be used ({kind}): run `recovery doctor`, check "
            "RECOVERY_DATABASE_URL and that its server runs; a damaged file comes from your backup"
        )
    where = f"the details are in {log}" if log else "no log could be written"
    return (
        f"recovery: something unexpected happened ({kind}); {where}. "
        "Nothing was lost: run the command again, and `recovery doctor` if it happens again"
    )


def _disk_is_full(error: BaseException) -> bool:
    full = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
    return isinstance(error, OSError) and error.errno in full


def _log(error: Exception) -> Path | None:
    """Appends where it happened; messages are left out, because they may name people."""
    path = Path(os.environ.get("RECOVERY_HOME") or "var") / "recovery.log"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    chain = _causes(error)
    text = "\n".join([f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {chain}", *lines, ""])
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(text + "\n")
        return path
    return None


def _causes(error: BaseException) -> str:
    names = [type(error).__name__]
    cause = error.__cause__ or error.__context__
    while cause is not None and len(names) < 5:
        names.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    return " from ".join(names)
