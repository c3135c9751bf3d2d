"""Folders and files that nobody but their owner may read, and that survive a power cut."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from recovery.errors import ConfigurationError, StorageFull

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)


def make_folder(folder: Path) -> None:
    """The folder with mode 0700, also when it was there with a wider one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def open_private(path: Path, mode: str) -> BinaryIO:
    """Opens for "wb" or "ab" with mode 0600 from the first byte on."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if mode == "wb" else os.O_APPEND)
    return os.fdopen(os.open(path, flags, 0o600), mode)  # type: ignore[return-value]


def sync_folder(folder: Path) -> None:
    """Makes names in the folder durable: a rename is only that once its folder was synced."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def storage(what: Path) -> Iterator[None]:
    """Turns the system's errors into ours: StorageFull, or ConfigurationError for rights."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(
                f"{what.name} cannot be written ({error.strerror}): free some space in "
                f"{what.parent}, then run again; older archives are untouched"
            ) from error
        raise ConfigurationError(
            f"{what} cannot be used ({error.strerror}): check who owns it and its mode"
        ) from error
