"""One worker at a time on one machine; the kernel frees the lock of a killed process at once."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recovery.adapters.files.private import make_folder
from recovery.errors import NothingToDo


class FileLocks:
    """Named locks in a folder; raises NothingToDo where another process or thread holds one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        make_folder(self._folder)
        descriptor = os.open(self._folder / f".{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._take(descriptor, name)
            yield
        finally:
            os.close(descriptor)

    def _take(self, descriptor: int, name: str) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NothingToDo(f"another process works on {name}: let it finish") from None
