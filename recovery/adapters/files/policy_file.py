"""Reads the shipped policy and the firm's own file that holds only what differs."""

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from recovery.domain.policy import Policy, PolicyError, make_policy


def load_policy(path: Path | None = None) -> Policy:
    """The policy in force; PolicyError names the file and the key that is wrong."""
    own = _read(path) if path else {}
    try:
        return make_policy(_shipped(), own)
    except PolicyError as error:
        raise PolicyError(f"{path or 'policy'}: {error}") from None


@cache
def _shipped() -> dict[str, Any]:
    data = resources.files("recovery") / "data"
    names = ("policy.toml", "dispositions.toml")
    read = [tomllib.loads((data / name).read_text(encoding="utf-8")) for name in names]
    return {key: value for one in read for key, value in one.items()}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{path}: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise PolicyError(
            f"RECOVERY_POLICY: cannot read {path} ({reason}); check the path"
        ) from None
