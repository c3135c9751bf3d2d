"""Passwords by argon2id (RFC 9106), of which only a few are hashed at once: each takes 64 MiB."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from recovery.errors import Busy

_AT_ONCE, _WAITING, _PATIENCE = 2, 8, 5.0


class Argon2:
    """Implements `Passwords`."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._places = BoundedSemaphore(_AT_ONCE)
        self._line = BoundedSemaphore(_AT_ONCE + _WAITING)

    def hash(self, password: str) -> str:
        with self._place():
            return self._hasher.hash(password.encode("utf-8", "replace"))

    def verify(self, password: str, hashed: str | None) -> bool:
        with self._place():
            compared = hashed or self._nobodys
            try:
                right = self._hasher.verify(compared, password.encode("utf-8", "replace"))
            except (VerificationError, InvalidHashError):
                return False
        return right and hashed is not None

    @cached_property
    def _nobodys(self) -> str:
        """What is compared where there is no account, so that the time tells nothing."""
        return self._hasher.hash("nobody has this password")

    @contextmanager
    def _place(self) -> Iterator[None]:
        # Requests that wait hold threads of the whole app: beyond a short line they are sent away.
        if not self._line.acquire(blocking=False):
            raise Busy
        try:
            if not self._places.acquire(timeout=_PATIENCE):
                raise Busy
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._line.release()
