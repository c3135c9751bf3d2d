"""Building a batch: who gets in, what is on the disk, and going on after a cut."""

import json
import stat
from datetime import timedelta

import pytest
import sqlalchemy as sa

from recovery.adapters.db.cases import CONTACT
from recovery.adapters.db.queries.kept import who_stays
from recovery.adapters.db.tables import ops, people
from recovery.adapters.files.archive_file import Draft
from recovery.domain.contact import ContactId
from recovery.errors import Call, QuotaExhausted, TemporaryFailure
from recovery.services.archive import service
from tests.archive_world import NOW, World


def lines(world, batch_id):
    path = world.archives / f"archive-{batch_id}.jsonl"
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def test_a_batch_holds_whole_records_of_all_members_out_of_hold(world):
    world.unrecovered("1", "2")
    world.unrecovered("3", hold_until=NOW + timedelta(days=1))
    world.crm.parts["2"]["notes"].append({"id": "5", "title": "Hi", "text": "línea \ud800"})
    summary = world.archive.build(as_="ana@example.com")
    rows = lines(world, summary.batch.id)
    assert [row["contact_id"] for row in rows] == ["1", "2"]
    assert rows[1]["record"] == world.crm.full_record(ContactId("2"))
    assert (summary.batch.contacts, summary.batch.built_by) == (2, "ana@example.com")
    kinds = [row["kind"] for row in world.rows(people.OutcomeRow)]
    assert kinds == ["archived", "archived"]


def test_nobody_but_the_owner_can_read_an_archive(world):
    world.unrecovered("1")
    world.built()
    assert stat.S_IMODE(world.archives.stat().st_mode) == 0o700
    modes = {stat.S_IMODE(path.stat().st_mode) for path in world.archives.iterdir()}
    assert modes == {0o600}


def test_who_waits_unchanged_is_not_archived_again(world):
    world.unrecovered("1")
    world.built()
    assert world.archive.build() is None
    assert len(world.crm.asked("full_record")) == 1


def test_who_changed_since_is_archived_again_and_leaves_the_older_batch(world):
    world.unrecovered("1")
    first = world.built()
    world.clock.move(days=1)
    with world.database.begin() as connection:
        connection.execute(sa.update(CONTACT).values(keap_updated_at=world.clock()))
    world.clock.move(days=1)
    second = world.built()
    assert world.archive.summary(first).spared == {"archived_again": 1}
    assert world.archive.summary(first).batch.state == "done"
    assert world.archive.summary(second).waiting == 1


def test_who_has_healed_or_is_gone_does_not_get_in(world):
    healed, gone = world.unrecovered("1"), world.unrecovered("2")
    world.crm.set_status("c1@example.com", "CONFIRMED")
    del world.crm.contacts["2"]
    assert world.archive.build() is None
    assert world.case(healed)["state"] == "open"
    assert world.case(healed)["route_at"] == NOW
    assert (world.case(gone)["state"], world.case(gone)["end"]) == ("closed", "gone")
    assert [path.name for path in world.archives.glob("*.jsonl*")] == []
    assert list(world.archives.glob(".archive-*")) == []


def test_who_is_protected_waits_another_hold_instead_of_being_read_every_run(world):
    case = world.unrecovered("1")
    world.crm.tag("1", "VIP")
    assert world.archive.build() is None
    row = world.case(case)
    assert (row["state"], row["hold_until"]) == ("hold", NOW + timedelta(days=14))
    assert row["reason"] == "not deleted: protected"
    assert world.archive.build() is None
    assert len(world.crm.asked("full_record")) == 1


def test_cases_never_reached_are_listed_apart_and_not_even_read(world):
    case = world.unrecovered("1", reached=False)
    world.unrecovered("2")
    summary = world.archive.build()
    assert (summary.batch.contacts, summary.never_reached) == (1, 0)
    assert summary.left_out == {"never_reached": 1}
    assert world.crm.asked("full_record") == ["2"]
    assert who_stays(world.database) == {"never_reached": 1}
    assert (world.case(case)["state"], world.archive.build()) == ("hold", None)


def test_a_task_that_was_ticked_off_in_keap_reached_nobody(world):
    case = world.unrecovered("1", reached=False)
    world.attempt(case, "1", channel="call", state="done", disposition="done_in_keap")
    assert world.archive.build() is None
    assert who_stays(world.database) == {"never_reached": 1}


def test_cases_never_reached_go_where_the_policy_says_so_and_are_counted(tmp_path, database):
    world = World(tmp_path, database, delete={"never_called": True})
    world.unrecovered("1", reached=False)
    assert world.archive.build().never_reached == 1
    world.close()


def with_a_twin(world, contact="1"):
    """Somebody with the same phone, whose second address works."""
    twin = world.crm.add("99", "old@example.com", "HARD_BOUNCE")
    twin["email_addresses"].append({"email": "new@example.com", "field": "EMAIL2"})
    world.crm.set_status("new@example.com", "CONFIRMED")
    for one in (contact, "99"):
        world.insert(people.ContactKeyRow, key="p-shared", contact_id=one)


def test_who_the_last_look_would_spare_for_a_twin_is_not_archived(world):
    case = world.unrecovered("1")
    with_a_twin(world)
    assert world.archive.build() is None
    assert world.item("1")["reason"] == "twin_is_deliverable"
    assert world.case(case)["state"] == "open"


def test_a_reason_that_lasts_opens_a_case_once_and_then_keeps_it_in_the_hold(world):
    case = world.unrecovered("1")
    with_a_twin(world)
    world.archive.build()
    for day in (15, 30):
        world.set(people.CaseRow, case, state="hold", hold_until=NOW)
        world.clock.now = NOW + timedelta(days=day)
        assert world.archive.build() is None
        row = world.case(case)
        assert (row["state"], row["hold_until"]) == ("hold", NOW + timedelta(days=day + 14))
    assert who_stays(world.database) == {"twin_is_deliverable": 1}
    assert world.count(people.OutcomeRow, kind="spared") == 1


@pytest.mark.parametrize("error", [QuotaExhausted, TemporaryFailure])
def test_a_build_that_was_cut_off_reads_nobody_twice(world, error):
    for number in range(1, 121):
        world.unrecovered(str(number))
    world.crm.trouble("full_record", "77", error(Call("keap", "get contact", 429)))
    with pytest.raises(error):
        world.archive.build()
    assert world.archive.batches() == []
    world.wire()
    summary = world.archive.build()
    asked = world.crm.asked("full_record")
    assert summary.batch.contacts == 120
    assert sorted(asked, key=int) == sorted([*map(str, range(1, 121)), "77"], key=int)
    world.archive.verify(summary.batch.id)


@pytest.mark.parametrize(
    ("limits", "kept"),
    [({"SECONDS": 0}, [50, 50, 20]), ({"ROWS": 60}, [100, 20]), ({}, [120])],
)
def test_rows_go_to_the_disk_when_they_are_many_or_took_long(world, monkeypatch, limits, kept):
    for number in range(1, 121):
        world.unrecovered(str(number))
    appended, real = [], Draft.append

    def append(draft, lines):
        before = draft.lines
        real(draft, lines)
        appended.append(draft.lines - before)

    for name, limit in {"ROWS": 500, "SECONDS": 9e9, **limits}.items():
        monkeypatch.setattr(service, name, limit)
    monkeypatch.setattr(Draft, "append", append)
    world.built()
    assert appended == kept


def test_a_build_that_somebody_interrupts_keeps_the_pages_before(world):
    for number in range(1, 61):
        world.unrecovered(str(number))
    world.crm.trouble("full_record", "55", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        world.archive.build()
    assert world.count(ops.ArchiveItemRow) == 50


class Killed(BaseException):
    """The process ends here."""


POINTS = [
    ("recovery.adapters.files.archive_file.Draft.append", True),
    ("recovery.adapters.db.archive.store.SqlArchiveStore.keep", False),
    ("recovery.adapters.db.archive.store.SqlArchiveStore.keep", True),
    ("recovery.adapters.files.archive_file.Draft.seal", False),
    ("recovery.adapters.files.archive_file.Draft.seal", True),
    ("recovery.adapters.files.workbook.Workbooks.write", True),
    ("recovery.adapters.db.archive.store.SqlArchiveStore.finish", False),
    ("recovery.adapters.db.archive.store.SqlArchiveStore.finish", True),
]


@pytest.mark.parametrize(("point", "after"), POINTS)
def test_killed_anywhere_the_next_build_completes_one_whole_batch(world, monkeypatch, point, after):
    monkeypatch.setattr(service, "SECONDS", 0)
    for number in range(1, 61):
        world.unrecovered(str(number))
    owner, _, name = point.rpartition(".")
    module, _, cls = owner.rpartition(".")
    target = getattr(__import__(module, fromlist=[cls]), cls)
    real = getattr(target, name)

    def dies(self, *args, **kwargs):
        if after:
            real(self, *args, **kwargs)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(target, name, dies)
        with pytest.raises(Killed):
            world.archive.build()
    world.wire()
    world.archive.build()
    (summary,) = world.archive.batches()
    assert summary.batch.contacts == 60
    world.archive.verify(summary.batch.id)
    assert world.count(ops.ArchiveItemRow) == 60
    assert world.count(people.OutcomeRow, kind="archived") == 60
    assert (world.archives / summary.batch.workbook).is_file()
    assert list(world.archives.glob(".*part*")) == []


def test_a_half_written_line_of_a_killed_build_is_cut_off(world):
    world.unrecovered("1")
    world.unrecovered("2")
    world.crm.trouble("full_record", "2", QuotaExhausted(Call("keap", "get contact", 429)))
    with pytest.raises(QuotaExhausted):
        world.archive.build()
    (draft,) = world.archives.glob(".archive-*.part")
    with draft.open("ab") as file:
        file.write(b'{"schema": 1, "contact_id": "2", "rec')
    batch_id = world.built()
    assert [row["contact_id"] for row in lines(world, batch_id)] == ["1", "2"]
