"""Passwords of tests: the real effort of a hash would be much of their time."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from recovery.adapters import passwords

HASHER_AS_SHIPPED = passwords.PasswordHasher


@contextmanager
def quick_passwords() -> Iterator[None]:
    """Whatever is hashed in this process from here on costs next to nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PasswordHasher", partial(HASHER_AS_SHIPPED, 1, 8, 1))
        yield
