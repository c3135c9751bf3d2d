"""T16: before a request leaves, its own row stands on the disk as `sending`."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from recovery.adapters.db.engine import Database
from recovery.services.ports import OutboundMessage, SendAnswer
from tests.chaos.processes import ROOT, order_of
from tests.databases import ENGINE_AS_SHIPPED, POSTGRESQL, SQLITE, Template
from tests.installation import Home, installed

SENDS = 50
STRACE = shutil.which("strace")
TOKEN = re.compile(rb"status%2F([\w-]{20,24})")


def make_due(home: Home) -> Home:
    """Fifty people to be written to."""
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


@pytest.mark.parametrize(("set_to", "is_now"), [("off", "on"), ("remote_apply", "remote_apply")])
def test_postgresql_is_told_to_sync_each_commit_whatever_it_is_set_to(
    templates: Callable[[str], Template], tmp_path: Path, set_to: str, is_now: str
) -> None:
    with templates(POSTGRESQL).fresh(tmp_path) as url:
        first = Database(url)
        with first.begin() as connection:
            query = "SELECT quote_ident(current_database())"
            name = connection.exec_driver_sql(query).scalar()
            connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = {set_to}")
        first.dispose()
        second = Database(url)
        with second.begin() as connection:
            found = connection.exec_driver_sql("SHOW synchronous_commit").scalar()
            connection.exec_driver_sql(f"ALTER DATABASE {name} RESET synchronous_commit")
        second.dispose()
    assert found == is_now


def test_each_row_is_committed_as_sending_before_its_request(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_due(home)
    beside = home.another()
    states: list[str] = []
    send = home.fresh.messenger.send

    def watched(message: OutboundMessage) -> SendAnswer:
        query = sa.text("SELECT state FROM attempt WHERE token = :token")
        with beside.database.read() as connection:
            states.append(connection.execute(query, {"token": message.token}).scalar_one())
        return send(message)

    monkeypatch.setattr(home.fresh.messenger, "send", watched)
    home.run("reach")
    assert states == ["sending"] * SENDS


def test_each_request_follows_a_sync_of_its_own_row(
    templates: Callable[[str], Template], tmp_path: Path
) -> None:
    """SQLite writes in our own process, where the kernel can be asked; PostgreSQL in its own."""
    assert STRACE, "the kernel's word is heard through strace; on Debian: apt install strace"
    # A public address: tokens are seen on the wire.
    with installed(tmp_path, templates(SQLITE), public_url="http://127.0.0.1:9") as home:
        early = _sent_before_a_sync(make_due(home), STRACE)
    assert early == []


def _sent_before_a_sync(home: Home, strace: str) -> list[str]:
    trace = home.settings.home / "trace"
    line = order_of(home, [("stage", "reach")])
    command = [strace, "-f", "-qq", "-s", "6000", "-o", str(trace)]
    command += ["-e", "trace=pwrite64,fdatasync,fsync,sendto"]
    command += [sys.executable, "-m", "tests.chaos.warm", "--once"]
    subprocess.run(command, cwd=ROOT, input=line, text=True, check=True, timeout=100)
    written, synced, posted = _read(trace.read_bytes().splitlines())
    assert len(posted) == SENDS == len(home.messages())
    return [
        token
        for token, at in posted.items()
        if not any(written[token] < sync < at for sync in synced)
    ]


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
