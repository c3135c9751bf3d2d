"""The spool: whole or not there, private, and readable after a crash."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recovery.adapters.files.spool import FileSpool
from recovery.errors import RecoveryError
from recovery.services.webhook_form import Callback, Reply

NOON = datetime(2026, 11, 23, 12, 0, 1, 500, tzinfo=UTC)
CALLBACK = Callback("token", "SM1", "sent", "", NOON, {"To": "+1"})
REPLY = Reply(
    "SM2", "+1", None, "+2", "a\n\u2028é👋\\", "yes:1", None, None, 1, {"a": "b"}, "webhook", NOON
)


def test_what_goes_in_comes_out_the_same_and_in_order(tmp_path: Path) -> None:
    spool = FileSpool(tmp_path / "spool")
    spool.add([CALLBACK, REPLY])
    spool.add([REPLY])
    assert [batch for _, batch in spool.batches()] == [[CALLBACK, REPLY], [REPLY]]


def test_a_removed_batch_is_gone_also_twice(tmp_path: Path) -> None:
    spool = FileSpool(tmp_path)
    spool.add([REPLY])
    [(name, _)] = spool.batches()
    spool.remove(name)
    spool.remove(name)
    assert spool.size() == 0


def test_an_unfinished_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "1.part").write_bytes(b'{"kind": "call')
    spool = FileSpool(tmp_path)
    assert list(spool.batches()) == []
    assert (tmp_path / "1.part").exists()


def test_what_a_dead_process_left_unfinished_goes_after_an_hour(tmp_path: Path) -> None:
    part = tmp_path / "1.part"
    part.write_bytes(b"x")
    os.utime(part, (time.time() - 4000,) * 2)
    list(FileSpool(tmp_path).batches())
    assert not part.exists()


@pytest.mark.parametrize(
    "damage", [b"{", b'{"kind": "other"}\n', b'{"kind": "reply"}\n', b"\xff\n"]
)
def test_a_damaged_file_is_set_aside_and_the_others_read(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "0.jsonl").write_bytes(damage)
    spool = FileSpool(tmp_path)
    spool.add([CALLBACK])
    assert [batch for _, batch in spool.batches()] == [[CALLBACK]]
    assert (tmp_path / "0.bad").read_bytes() == damage


@pytest.mark.parametrize("damage", [b'{"kind": "repl', b"[]\n", b"\xff\n"])
def test_a_damaged_line_spoils_no_other_of_its_batch(tmp_path: Path, damage: bytes) -> None:
    spool = FileSpool(tmp_path)
    spool.add([CALLBACK, REPLY])
    (path,) = tmp_path.iterdir()
    torn = path.read_bytes() + damage
    path.write_bytes(torn)
    list(spool.batches())
    assert [batch for _, batch in spool.batches()] == [[CALLBACK, REPLY]]
    assert path.with_suffix(".bad").read_bytes() == torn


def test_without_a_folder_it_is_empty(tmp_path: Path) -> None:
    spool = FileSpool(tmp_path / "none")
    assert (spool.size(), list(spool.batches())) == (0, [])


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RecoveryError):
        FileSpool(tmp_path / "file").add([CALLBACK])


def test_a_file_is_synced_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        seen.append([path.suffix for path in tmp_path.iterdir()])
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    FileSpool(tmp_path).add([CALLBACK])
    assert seen == [[".part"], [".jsonl"]]
