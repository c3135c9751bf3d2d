"""Files that are damaged, cut, gone, or that do not fit on the disk."""

import errno
import os
import random
import subprocess
import sys
import textwrap

import pytest

from recovery.adapters.files import archive_file
from recovery.adapters.files.archive_file import ArchiveFolder
from recovery.adapters.files.keyring import Keyring
from recovery.domain.archive import ArchiveDamaged, sha256
from recovery.errors import ConfigurationError, StorageFull
from tests.archive_world import World

SEED = 20261201


def written(folder, number=40):
    rows = [b'{"contact_id":"%d","text":"%s"}' % (n, b"x" * n) for n in range(number)]
    hashes = [sha256(row) for row in rows]
    files = ArchiveFolder(folder)
    draft = files.draft("a.jsonl", [])
    draft.append(rows)
    digest = draft.seal(hashes)
    return files, hashes, digest


def test_every_flipped_byte_is_found(tmp_path):
    files, hashes, digest = written(tmp_path)
    path = tmp_path / "a.jsonl"
    whole = path.read_bytes()
    assert files.verify("a.jsonl", hashes) == digest
    luck = random.Random(SEED)
    print("seed", SEED)  # noqa: T201
    for _ in range(500):
        spot, bit = luck.randrange(len(whole)), 1 << luck.randrange(8)
        path.write_bytes(whole[:spot] + bytes([whole[spot] ^ bit]) + whole[spot + 1 :])
        with pytest.raises(ArchiveDamaged):
            files.verify("a.jsonl", hashes)


def test_every_cut_and_every_addition_is_found(tmp_path):
    files, hashes, _ = written(tmp_path)
    path = tmp_path / "a.jsonl"
    whole = path.read_bytes()
    luck = random.Random(SEED)
    print("seed", SEED)  # noqa: T201
    for spot in [0, len(whole) - 1, *(luck.randrange(len(whole)) for _ in range(50))]:
        path.write_bytes(whole[:spot])
        with pytest.raises(ArchiveDamaged):
            files.verify("a.jsonl", hashes)
    path.write_bytes(whole + b"{}\n")
    with pytest.raises(ArchiveDamaged):
        files.verify("a.jsonl", hashes)
    path.unlink()
    with pytest.raises(ArchiveDamaged, match="gone"):
        files.verify("a.jsonl", hashes)


def test_a_row_that_is_no_json_is_not_trusted_even_if_its_hash_fits(tmp_path):
    files = ArchiveFolder(tmp_path)
    draft = files.draft("a.jsonl", [])
    draft.append([b"{broken"])
    with pytest.raises(ArchiveDamaged, match="cannot be read"):
        draft.seal([sha256(b"{broken")])
    assert not (tmp_path / "a.jsonl").exists()


FULL = """
    import resource, signal, sys
    from pathlib import Path
    from recovery.adapters.files.archive_file import ArchiveFolder
    from recovery.domain.archive import sha256
    from recovery.errors import StorageFull

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    folder = ArchiveFolder(Path(sys.argv[1]))
    rows = [b'{"n":"%s"}' % (b"y" * 1000) for _ in range(10)]
    draft = folder.draft("b.jsonl", [])
    draft.append(rows)
    resource.setrlimit(resource.RLIMIT_FSIZE, (15_000, resource.RLIM_INFINITY))
    try:
        draft.append(rows)
    except StorageFull as error:
        print(draft.lines, error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    draft.append(rows)
    draft.close()
    again = folder.draft("b.jsonl", [sha256(row) for row in rows * 2])
    print(again.lines)
    again.append(rows)
    again.seal([sha256(row) for row in rows * 3])
"""


def test_a_full_disk_leaves_what_was_there_and_the_next_run_goes_on(tmp_path):
    files, hashes, digest = written(tmp_path)
    script = textwrap.dedent(FULL)
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    said = done.stdout.splitlines()
    assert said[0].startswith("10 ")
    assert "free some space" in said[0]
    assert said[1] == "20"
    assert files.verify("a.jsonl", hashes) == digest
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "b.jsonl"]


def test_a_full_disk_during_a_build_deletes_nothing_and_is_completed_later(
    tmp_path, database, monkeypatch
):
    world = World(tmp_path, database)
    world.unrecovered("1")
    real = os.fsync

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(archive_file.os, "fsync", full)
        with pytest.raises(StorageFull, match="free some space"):
            world.archive.build()
    assert os.fsync is real
    assert world.archive.batches() == []
    assert list(world.archives.glob("*.jsonl")) == []
    world.archive.verify(world.built())
    world.close()


@pytest.mark.parametrize("damage", ["flip", "cut", "gone", "swapped"])
def test_nobody_is_deleted_from_a_damaged_file(tmp_path, database, damage):
    world = World(tmp_path, database)
    world.unrecovered("1")
    batch_id = world.ready_to_delete()
    path = world.archives / f"archive-{batch_id}.jsonl"
    whole = path.read_bytes()
    match damage:
        case "flip":
            path.write_bytes(whole.replace(b"example.com", b"exbmple.com", 1))
        case "cut":
            path.write_bytes(whole[:-20])
        case "gone":
            path.unlink()
        case "swapped":
            path.write_bytes(b"{}\n")
    with pytest.raises(ArchiveDamaged):
        world.deletion.delete(batch_id)
    assert world.crm.asked("delete_contact") == []
    path.write_bytes(whole)
    assert world.deletion.delete(batch_id).deleted == 1
    world.close()


def test_keys_are_made_once_privately_and_a_lost_one_is_said_plainly(tmp_path):
    ring = Keyring(tmp_path / "keys")
    assert ring.keys() == Keyring(tmp_path / "keys").keys()
    assert ring.unseal(ring.seal("secret")) == "secret"
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
    sealed = ring.seal("secret")
    (tmp_path / "keys" / "seal.key").unlink()
    with pytest.raises(ConfigurationError, match="backup"):
        ring.unseal(sealed)
    assert not (tmp_path / "keys" / "seal.key").exists(), "a new key opens nothing old"
    (tmp_path / "keys" / "hash.key").write_text("")
    with pytest.raises(ConfigurationError, match=r"hash\.key"):
        ring.keys()
