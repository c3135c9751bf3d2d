"""The spool: callbacks that the database could not take, one synced file a group.

A file is written under a temporary name, synced, and renamed: a name without `.part` is whole, so
that several processes may write and ingest side by side without a lock.
"""

import json
import logging
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from recovery.adapters.files.private import make_folder, open_private, storage, sync_folder
from recovery.services.webhook_form import Callback, Received, Reply

_LOG = logging.getLogger(__name__)
_KINDS: dict[str, type[Callback] | type[Reply]] = {"callback": Callback, "reply": Reply}
_WHOLE, _PART, _BAD = ".jsonl", ".part", ".bad"
#: A `.part` this old (seconds) belongs to nobody alive, and nobody was told that it is kept.
_STALE = 3600


class FileSpool:
    """Implements `Spool` in `{home}/spool`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, received: Sequence[Received]) -> None:
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        part = self._folder / (name + _PART)
        with storage(part):
            make_folder(self._folder)
            with open_private(part, "wb") as file:
                file.writelines(_line(one) for one in received)
                file.flush()
                os.fsync(file.fileno())
            part.rename(part.with_suffix(_WHOLE))
            sync_folder(self._folder)

    def batches(self) -> Iterator[tuple[str, list[Received]]]:
        if not self._folder.exists():
            return
        self._drop_stale_parts()
        for path in sorted(self._folder.glob("*" + _WHOLE)):
            try:
                lines = path.read_bytes().splitlines()
            except FileNotFoundError:
                continue  # another process was quicker
            rows = [one for one in map(_received, lines) if one]
            if len(rows) == len(lines):
                yield path.name, rows
            else:
                self._set_apart(path.name, rows)

    def remove(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)

    def set_aside(self, name: str) -> None:
        path = self._folder / name
        if path.exists():
            path.rename(path.with_suffix(_BAD))

    def size(self) -> int:
        return sum(1 for _ in self._folder.glob("*" + _WHOLE)) if self._folder.exists() else 0

    def _set_apart(self, name: str, readable: Sequence[Received]) -> None:
        """A damaged line spoils no other: the others are a batch of their own from now on."""
        _LOG.error("a spooled batch cannot be read whole and was set aside: %s", name)
        if readable:
            # A crash right after it keeps them twice, which their keys make once.
            self.add(readable)
        self.set_aside(name)

    def _drop_stale_parts(self) -> None:
        for path in self._folder.glob("*" + _PART):
            try:
                if time.time() - path.stat().st_mtime > _STALE:
                    path.unlink()
            except FileNotFoundError:
                continue


def _line(one: Received) -> bytes:
    kind = "callback" if isinstance(one, Callback) else "reply"
    fields = {**asdict(one), "received_at": one.received_at.isoformat()}
    # ASCII only: no character of the text can look like the end of a line.
    return json.dumps({"kind": kind, **fields}, separators=(",", ":")).encode("ascii") + b"\n"


def _received(line: bytes) -> Received | None:
    """What a line says; None where it is damaged."""
    try:
        fields: dict[str, Any] = json.loads(line)
        kind = _KINDS[fields.pop("kind")]
        fields["received_at"] = datetime.fromisoformat(fields["received_at"])
        return kind(**fields)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
