"""The archive: JSON lines that count only once they were read back from the disk and compared.

A file is written under a hidden name, synced, re-opened, parsed and compared row by row, and only
then renamed; a draft of a killed run is cut back to the rows the database knows, and goes on.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from recovery.adapters.files.private import make_folder, open_private, storage, sync_folder
from recovery.crashpoints import crashpoint
from recovery.domain.archive import ArchiveDamaged, sha256
from recovery.errors import NothingToDo

_BUFFER = 1 << 20
_BLOCK = 8 << 20


class ArchiveFolder:
    """Implements `ArchiveFiles` in one folder, mode 0700; every file has mode 0600."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str) -> Path:
        """Where a finished file is."""
        return self._folder / name

    def draft(self, name: str, known: Iterable[str]) -> "Draft":
        """The draft of this name, cut back to its leading rows with these hashes."""
        with storage(self.path(name)):
            make_folder(self._folder)
            return Draft(self._folder, name, known)

    def verify(self, name: str, expected: Iterable[str]) -> str:
        """The file's SHA-256; ArchiveDamaged unless it holds exactly these rows, each parsable."""
        path = self.path(name)
        if not path.is_file():
            raise ArchiveDamaged(f"{name} is gone: put it back from a backup, or build it again")
        with storage(path):
            return _verified(path, expected)

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The rows of a finished file, parsed, one at a time."""
        with storage(self.path(name)), self.path(name).open("rb", buffering=_BUFFER) as file:
            for line in file:
                yield json.loads(line)

    def discard(self, name: str) -> None:
        """Removes a draft that no batch wants."""
        with storage(self.path(name)), suppress(FileNotFoundError):
            _draft_path(self._folder, name).unlink()

    def keep_model(self, name: str, model: dict[str, Any]) -> None:
        """Stores the account's custom fields beside the rows that carry only their ids."""
        path = self.path(name)
        text = json.dumps(model, ensure_ascii=True, indent=1).encode()
        with storage(path):
            make_folder(self._folder)
            if path.is_file() and path.read_bytes() == text:
                return
            draft = _draft_path(self._folder, name)
            try:
                with open_private(draft, "wb") as file:
                    file.write(text)
                    _sync(file)
                draft.replace(path)
            except OSError:
                draft.unlink(missing_ok=True)
                raise
            sync_folder(self._folder)


class Draft:
    """A file being written; `lines` rows of it are safely on the disk."""

    def __init__(self, folder: Path, name: str, known: Iterable[str]) -> None:
        self._folder = folder
        self._final = folder / name
        self._path = _draft_path(folder, name)
        if self._final.exists():
            # Killed between the rename and the commit: the database never knew it as finished.
            self._final.replace(self._path)
        self._file = _alone(self._path)
        self.lines, size = _kept(self._path, known)
        self._file.truncate(size)
        self._size = size

    def append(self, lines: Iterable[bytes]) -> None:
        """Adds rows and syncs them; on a full disk what was there before stays, nothing more."""
        with storage(self._final):
            try:
                added = self._write(lines)
            except OSError:
                self._back()
                raise
        self.lines += added
        self._size = self._file.tell()

    def seal(self, expected: Iterable[str]) -> str:
        """Re-opens, parses, compares, renames; answers the file's SHA-256."""
        with storage(self._final):
            with self._file:  # Its lock holds others off until the file has its name.
                _sync(self._file)
                digest = _verified(self._path, expected)
                self._path.replace(self._final)
            sync_folder(self._folder)
            crashpoint("P17")
        return digest

    def close(self) -> None:
        """Leaves the draft as it is, for the next run; an empty one leaves nothing."""
        if not self.lines:
            self._path.unlink(missing_ok=True)
        self._file.close()

    def _write(self, lines: Iterable[bytes]) -> int:
        rows = list(lines)
        text = memoryview(b"\n".join((*rows, b"")))
        self._file.write(text[: len(text) // 2])
        crashpoint("P15")
        self._file.write(text[len(text) // 2 :])
        _sync(self._file)
        crashpoint("P16")
        return len(rows)

    def _back(self) -> None:
        """The buffer still holds what the disk refused: a new handle, cut to what was synced."""
        with suppress(OSError):
            self._file.close()
        os.truncate(self._path, self._size)
        self._file = _alone(self._path)


def _alone(path: Path) -> BinaryIO:
    """Opens a draft that no other process has open: whoever stood still and lost the lease would
    wake up and go on writing, where no fence of the database is asked."""
    file = open_private(path, "ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise NothingToDo(
            f"another process has {path.name} open, though it gave no sign of life for a minute: "
            "let it go on, or end it"
        ) from None
    return file


def _draft_path(folder: Path, name: str) -> Path:
    return folder / f".{name}.part"


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _kept(path: Path, known: Iterable[str]) -> tuple[int, int]:
    """How many leading rows, and bytes, of a draft are the ones the database knows."""
    if not path.is_file():
        return 0, 0
    lines = size = 0
    with path.open("rb", buffering=_BUFFER) as file:
        for line, row_sha256 in zip(file, known, strict=False):
            if not line.endswith(b"\n") or sha256(line[:-1]) != row_sha256:
                break
            lines, size = lines + 1, size + len(line)
    return lines, size


def _verified(path: Path, expected: Iterable[str]) -> str:
    """The whole file is hashed beside its rows: hashing large blocks leaves this thread alone."""
    with ThreadPoolExecutor(1) as beside, path.open("rb", buffering=_BUFFER) as file:
        whole = beside.submit(_file_sha256, path)
        for number, (line, row_sha256) in enumerate(zip_longest(file, expected), start=1):
            if line is None or row_sha256 is None:
                raise ArchiveDamaged(
                    f"{path.name} has {'fewer' if line is None else 'more'} rows than the database "
                    f"knows (row {number}): {_MEND}"
                )
            _check(path, number, line, row_sha256)
        return whole.result()


def _file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _check(path: Path, number: int, line: bytes, row_sha256: str) -> None:
    if not line.endswith(b"\n") or sha256(line[:-1]) != row_sha256:
        raise ArchiveDamaged(f"{path.name} is damaged at row {number}: {_MEND}")
    try:
        _parse(line)
    except ValueError:
        raise ArchiveDamaged(f"{path.name}: row {number} cannot be read: {_MEND}") from None


def _parse(line: bytes) -> None:
    """ValueError for what is no JSON."""
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        json.loads(line)  # lone surrogates, which orjson has no place for


_MEND = "put it back from a backup, or build it again; nothing was deleted"
