"""T16: before a request leaves, its own row stands on the disk as `sending`."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest

from recovery.adapters.db.engine import Database
from recovery.services.ports import OutboundMessage, SendAnswer
from tests.chaos.processes import ROOT, order_of
from tests.databases import ENGINE_AS_SHIPPED
from tests.installation import Home

SENDS = 50
STRACE = shutil.which("strace")
TOKEN = re.compile(rb"status%2F([\w-]{20,24})")


def firm(make_home: Callable[..., Home]) -> Home:
    """Fifty people who are due, and a public address: tokens are seen on the wire."""
    home = make_home(public_url="http://127.0.0.1:9")
    for number in range(SENDS):
        home.contact(phones=(f"+52551234{number:04}",))
    home.run("pull", "route")
    return home


def test_sqlite_is_told_to_sync_each_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "_engine", ENGINE_AS_SHIPPED)
    database = Database(f"sqlite:///{tmp_path / 'recovery.db'}")
    with database.read() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "journal_mode")
        }
    database.dispose()
    assert found == {"synchronous": 2, "journal_mode": "wal"}


def test_each_row_is_committed_as_sending_before_its_request(
    make_home: Callable[..., Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = firm(make_home)
    states: list[str] = []
    send = home.fresh.messenger.send

    def watched(message: OutboundMessage) -> SendAnswer:
        with closing(connect(home.settings.home / "recovery.db")) as beside:
            query = "SELECT state FROM attempt WHERE token = ?"
            states.append(beside.execute(query, [message.token]).fetchone()[0])
        return send(message)

    monkeypatch.setattr(home.fresh.messenger, "send", watched)
    home.run("reach")
    assert states == ["sending"] * SENDS


def test_each_request_follows_a_sync_of_its_own_row(make_home: Callable[..., Home]) -> None:
    assert STRACE, "the kernel's word is heard through strace; on Debian: apt install strace"
    home = firm(make_home)
    trace = home.settings.home / "trace"
    line = order_of(home, [("stage", "reach")])
    command = [STRACE, "-f", "-qq", "-s", "6000", "-o", str(trace)]
    command += ["-e", "trace=pwrite64,fdatasync,fsync,sendto"]
    command += [sys.executable, "-m", "tests.chaos.warm", "--once"]
    subprocess.run(command, cwd=ROOT, input=line, text=True, check=True, timeout=100)
    written, synced, posted = _read(trace.read_bytes().splitlines())
    assert len(posted) == SENDS == len(home.messages())
    early = [
        token
        for token, at in posted.items()
        if not any(written[token] < sync < at for sync in synced)
    ]
    assert early == []


def _read(lines: list[bytes]) -> tuple[dict[str, int], list[int], dict[str, int]]:
    """Where each row was first written as sending, where syncs ended, where requests began."""
    written: dict[str, int] = {}
    posted: dict[str, int] = {}
    synced: list[int] = []
    for at, line in enumerate(lines):
        if b"sync" in line and line.rstrip().endswith(b"= 0"):
            synced.append(at)
        elif b"sendto(" in line and (found := TOKEN.search(line)):
            posted.setdefault(found[1].decode(), at)
        elif b"pwrite64(" in line:
            for found in re.findall(rb"sending([\w-]{22})", line):
                written.setdefault(found.decode(), at)
    return written, synced, posted
