"""Another process that is at work at a chosen moment of ours."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.databases import KINDS, POSTGRESQL

#: On SQLite only one writes: whoever begins a transaction ends it before the next one looks.
ON_POSTGRESQL = pytest.mark.parametrize(
    "migrated", [kind for kind in KINDS if kind == POSTGRESQL], indirect=True
)


def meanwhile(
    patch: pytest.MonkeyPatch, where: Any, name: str, does: Callable[[], Any]
) -> threading.Thread:
    """Before the first call of this function has ended, somebody else does something."""
    other, before = threading.Thread(target=does), getattr(where, name)

    def slowly(*args: Any, **more: Any) -> Any:
        if not other.ident:
            other.start()
            other.join(0.5)
        return before(*args, **more)

    patch.setattr(where, name, slowly)
    return other


def quicker(patch: pytest.MonkeyPatch, where: Any, name: str, does: Callable[[], object]) -> None:
    """Before the first call of this function begins, somebody else has done something."""
    ours = getattr(where, name)

    def late(*given: Any, **more: Any) -> Any:
        patch.setattr(where, name, ours)
        does()
        return ours(*given, **more)

    patch.setattr(where, name, late)
