"""The end of a case by commands: archived, approved with a second factor, deleted, explained."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest

from recovery.adapters.db.cases import CASE
from recovery.adapters.db.engine import Database
from tests.integration.cli import CommandLine, command_line
from tests.integration.test_invariants import Hand
from tests.sandbox_server import Running, running

_MANAGER = "manager@example.com"


@pytest.fixture
def sandbox() -> Iterator[Running]:
    with running(contacts=300, seed=4, start=None) as sandbox:
        yield sandbox


@pytest.fixture
def recovery(sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A home in which some people's hold is over."""
    recovery = command_line(tmp_path, monkeypatch)
    recovery.connect(sandbox)
    recovery.policy("[delete]\nmax_share = 1.0\nnever_called = true\nfirst_batch = 3\n")
    recovery("pull")
    recovery("route")
    past = datetime(2026, 1, 1, tzinfo=UTC)
    database = Database(f"sqlite:///{tmp_path / 'home' / 'recovery.db'}")
    with database.begin() as connection:
        held = CASE.update().where(CASE.c.state == "hold")
        connection.execute(held.values(hold_until=past, route_at=past))
    database.dispose()
    recovery("route")
    return recovery


def test_nobody_goes_without_a_copy_and_a_managers_proof(recovery: CommandLine, sandbox: Running):
    batch = recovery.json("archive", "build")["id"]
    with recovery.monkeypatch.context() as without:
        # Looking asks nothing of Keap: a firm that left it can still read its archive.
        without.delenv("RECOVERY_KEAP__TOKEN")
        assert recovery.json("archive", "verify", batch)["verified_at"]
        assert [one["id"] for one in recovery.json("archive", "list")] == [batch]
    secret = recovery.json("users", "add", _MANAGER, "--role", "manager")["totp_secret"]
    unapproved = recovery("archive", "delete", batch, code=1)
    assert "archive approve" in unapproved.output
    refused = recovery("archive", "approve", batch, "--as", _MANAGER, code=1)
    assert "--code" in refused.output
    assert sandbox.ledger("keap.contact_deleted") == []

    code = pyotp.TOTP(secret).now()
    recovery.json("archive", "approve", batch, "--as", _MANAGER, "--code", code)
    first = recovery.json("archive", "delete", batch)
    assert (first["deleted"], first["paused"]) == (3, True)
    rest = recovery.json("archive", "delete", batch, "--all")
    listed = _listed(recovery, batch)
    assert first["deleted"] + rest["deleted"] == listed["deleted"] > 3
    assert len(sandbox.ledger("keap.contact_deleted")) == listed["deleted"]
    assert (rest["left"], listed["state"]) == (0, "done")
    assert recovery.json("report")["total"]["deleted"] > 0


def test_who_was_deleted_is_explained_without_personal_data(recovery: CommandLine):
    batch = recovery.json("archive", "build")["id"]
    secret = recovery.json("users", "add", _MANAGER, "--role", "manager")["totp_secret"]
    code = pyotp.TOTP(secret).now()
    recovery("archive", "approve", batch, "--as", _MANAGER, "--code", code)
    recovery("archive", "delete", batch, "--all")
    contact = _deleted(recovery)
    known = recovery.json("explain", contact)["contact"]
    assert known["tombstone"]["batch_id"] == batch
    assert (known["name"], known["emails"], known["numbers"]) == ("", [], [])
    assert "with a copy in the archive" in recovery("explain", contact).stdout
    assert [one for one in recovery.json("doctor", "--invariants") if one["count"]] == []


def test_when_nobodys_hold_is_over_there_is_nothing_to_archive(
    sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    fresh = command_line(tmp_path, monkeypatch)
    fresh.connect(sandbox)
    assert "nothing to archive" in fresh("archive", "build").stdout
    assert fresh.json("archive", "list") == []


def _listed(recovery: CommandLine, batch: str) -> dict[str, Any]:
    return next(one for one in recovery.json("archive", "list") if one["id"] == batch)


def test_a_deletion_ends_with_the_promises_and_the_next_one_meets_the_shut_gate(
    recovery: CommandLine, sandbox: Running
):
    batch = recovery.json("archive", "build")["id"]
    secret = recovery.json("users", "add", _MANAGER, "--role", "manager")["totp_secret"]
    recovery("archive", "approve", batch, "--as", _MANAGER, "--code", pyotp.TOTP(secret).now())
    _break_a_promise(recovery)
    for more in ((), ("--all",)):
        ended = recovery("archive", "delete", batch, *more, code=1)
        assert "I3 is broken" in ended.stderr
        assert len(sandbox.ledger("keap.contact_deleted")) == 3


def test_a_deletion_that_ends_in_an_error_asks_the_promises_as_well(recovery: CommandLine):
    batch = recovery.json("archive", "build")["id"]
    _break_a_promise(recovery)
    assert "archive approve" in recovery("archive", "delete", batch, code=1).stderr
    assert "I3" in recovery("archive", "delete", batch, code=1).stderr


def _break_a_promise(recovery: CommandLine) -> None:
    database = Database(f"sqlite:///{recovery.folder / 'home' / 'recovery.db'}")
    with database.begin() as connection:
        values = {"case_id": 1, "handled_at": datetime(2026, 1, 1, tzinfo=UTC)}
        Hand(connection, written=0, called=0).add("reply", **values)
    database.dispose()


def _deleted(recovery: CommandLine) -> str:
    database = Database(f"sqlite:///{recovery.folder / 'home' / 'recovery.db'}")
    with database.read() as connection:
        query = CASE.select().where(CASE.c.end == "deleted")
        row = connection.execute(query).mappings().first()
    database.dispose()
    assert row is not None
    return str(row["contact_id"])
