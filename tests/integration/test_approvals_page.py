"""A batch as an approver meets it: who is in it, a yes with a code, a no."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.ops import ArchiveBatchRow, ArchiveItemRow
from recovery.adapters.db.tables.people import (
    AttemptRow,
    CaseContactRow,
    CaseRow,
    ContactRow,
    OutboxRow,
    OutcomeRow,
)
from recovery.services.users.user import Role
from tests.databases import Template
from tests.web_world import WebWorld, web_world

BATCH = "20261123-abc123"


@pytest.fixture
def web(tmp_path: Path, migrated: Template):
    with web_world(tmp_path, migrated) as made:
        _batch(made, people=130)
        yield made


def _batch(web: WebWorld, *, people: int, built_by: str = "engine") -> None:
    then = web.now - timedelta(days=20)
    ids = [str(1000 + n) for n in range(people)]
    insert = {
        ContactRow: [_contact(id_, n, then) for n, id_ in enumerate(ids)],
        CaseRow: [_case(n + 1, id_, then) for n, id_ in enumerate(ids)],
        CaseContactRow: [{"case_id": n + 1, "contact_id": id_} for n, id_ in enumerate(ids)],
        AttemptRow: [_message(1, ids[0], then)],
        ArchiveBatchRow: [
            {
                "id": BATCH, "state": "waiting", "account": "Casa Prado", "file": "a.jsonl",
                "file_sha256": "", "set_sha256": "s", "workbook": "", "contacts": people,
                "base": 10_000, "built_by": built_by, "built_at": web.now, "paused": False,
            }
        ],
        ArchiveItemRow: [_item(n + 1, id_, then) for n, id_ in enumerate(ids)],
    }  # fmt: skip
    with web.recovery.database.begin() as connection:
        for row, values in insert.items():
            connection.execute(table(row).insert(), [_whole(row, value) for value in values])


def _whole(row, value):
    """With the defaults of the row, which plain inserts do not know."""
    names = {column.name for column in table(row).columns}
    made = row(**value)
    return {name: getattr(made, name) for name in names if getattr(made, name) is not None}


def _contact(id_, n, then):
    data = {"given_name": "Ana" if n else "<b>Bea</b>", "family_name": f"Souza {n}"}
    filled = {"id": id_, "data": data, "status": "HARD_BOUNCE", "status_since": then}
    known = {"first_seen_at": then, "seen_at": then, "pulled_at": then, "updated_at": then}
    return {**filled, **{k: v for k, v in known.items() if k in ContactRow.model_fields}}


def _case(case_id, contact, then):
    return {
        "id": case_id, "contact_id": contact, "state": "hold", "opened_status": "HARD_BOUNCE",
        "status": "HARD_BOUNCE", "goal": "new_email", "language": "es", "opened_at": then,
        "hold_until": then,
    }  # fmt: skip


def _message(case_id, contact, then):
    return {
        "case_id": case_id, "contact_id": contact, "channel": "whatsapp", "step": "m1",
        "step_key": "k", "state": "delivered", "token": "t", "number": "+525512345678",
        "number_key": "n", "created_at": then, "accepted_at": then,
    }  # fmt: skip


def _item(line, contact, then):
    return {
        "batch_id": BATCH, "contact_id": contact, "case_id": line, "line": line,
        "row_sha256": "", "content_sha256": "", "status": "HARD_BOUNCE", "read_at": then,
        "state": "archived",
    }  # fmt: skip


def test_an_approver_sees_who_is_in_it_a_page_at_a_time(web: WebWorld):
    browser = web.sign_in(web.person(Role.MANAGER))
    assert f"{BATCH} 130" in browser.get("/approvals").text
    first = browser.get(f"/approvals/{BATCH}")
    assert "Ana Souza 99" in first.text
    assert "Ana Souza 100" not in first.text
    assert "<b>Bea</b>" not in first.html
    assert "Nov 3, 2026" in first.text
    second = browser.get(f"/approvals/{BATCH}?after=100")
    assert "Ana Souza 100" in second.text
    assert "Ana Souza 129" in second.text


def test_a_yes_needs_a_fresh_code(web: WebWorld):
    boss = web.person(Role.MANAGER)
    browser = web.sign_in(boss)
    path = f"/approvals/{BATCH}/approve"
    assert "give the six digits" in browser.send(path).text
    assert "the code is wrong" in browser.send(path, code="000000").text
    done = browser.send(path, code=web.code(boss))
    assert done.to == f"/approvals/{BATCH}"
    page = browser.follow(done)
    assert "Approved by manager@example.com until" in page.text
    assert "only while the approval holds (24 hours)" in page.text
    assert f"recovery archive delete {BATCH} --all" not in page.text
    again = browser.send(path, code=web.code(boss))
    assert again.status == 409
    assert "is approved already" in again.text


def test_more_than_the_policys_share_gets_no_yes_but_a_no(web: WebWorld):
    boss = web.person(Role.MANAGER)
    browser = web.sign_in(boss)
    with web.recovery.database.begin() as connection:
        connection.execute(table(ArchiveBatchRow).update().values(base=1000))
    page = browser.get(f"/approvals/{BATCH}")
    assert "at least 0.131" in page.text
    assert f"/approvals/{BATCH}/approve" not in page.html
    forced = browser.send(f"/approvals/{BATCH}/approve", code=web.code(boss))
    assert forced.status == 409
    assert "allows 20 of 1000" in forced.text
    assert browser.send(f"/approvals/{BATCH}/reject").to == "/approvals"


def test_after_the_first_few_the_page_shows_how_the_rest_is_deleted(web: WebWorld):
    boss = web.person(Role.MANAGER)
    browser = web.sign_in(boss)
    browser.send(f"/approvals/{BATCH}/approve", code=web.code(boss))
    batch = table(ArchiveBatchRow)
    with web.recovery.database.begin() as connection:
        connection.execute(batch.update().values(paused=True))
    page = browser.get(f"/approvals/{BATCH}")
    assert f"recovery archive delete {BATCH} --all" in page.text


def test_a_no_spares_everybody_for_another_hold(web: WebWorld):
    browser = web.sign_in(web.person(Role.MANAGER))
    told = browser.follow(browser.send(f"/approvals/{BATCH}/reject"))
    assert "They all stay (130)" in told.text
    assert "Nothing waits for you" in told.text
    with web.recovery.database.read() as connection:
        rows = connection.execute(
            sa.select(CaseRow.state, CaseRow.hold_until, CaseRow.reason)
        ).all()
        outcomes = (
            connection.execute(sa.select(OutcomeRow.detail).where(OutcomeRow.kind == "spared"))
            .scalars()
            .all()
        )
        audits = connection.exec_driver_sql(
            "SELECT actor FROM audit WHERE action = 'batch.rejected'"
        ).all()
    assert {row.state for row in rows} == {"hold"}
    assert min(row.hold_until for row in rows) > web.now + timedelta(days=13)
    assert {row.reason for row in rows} == {"not deleted: rejected"}
    assert len(outcomes) == 130
    assert outcomes[0]["reason"] == "rejected"
    assert audits == [("manager@example.com",)]


def test_what_is_approved_cannot_be_rejected_any_more(web: WebWorld):
    boss = web.person(Role.MANAGER)
    browser = web.sign_in(boss)
    browser.send(f"/approvals/{BATCH}/approve", code=web.code(boss))
    told = browser.follow(browser.send(f"/approvals/{BATCH}/reject"))
    assert "this batch is approved already" in told.text


def test_who_built_it_does_not_approve_it(tmp_path: Path, migrated: Template):
    with web_world(tmp_path, migrated) as web:
        boss = web.person(Role.MANAGER)
        _batch(web, people=1, built_by=boss.email)
        browser = web.sign_in(boss)
        assert "You built this batch" in browser.get(f"/approvals/{BATCH}").text
        refused = browser.send(f"/approvals/{BATCH}/approve", code=web.code(boss))
        assert "who built a batch cannot approve it" in refused.text


def test_who_approved_is_still_told_once_the_approval_holds_no_more(web: WebWorld):
    boss = web.person(Role.MANAGER)
    web.recovery.approvals.approve(BATCH, as_=boss.email, code=web.code(boss))
    with web.recovery.database.begin() as connection:
        connection.execute(sa.update(ArchiveItemRow).values(state="deleted"))
        connection.execute(sa.update(ArchiveBatchRow).values(state="done"))
    web.move(hours=24 * 30)
    (summary,) = web.recovery.archive.batches()
    assert (summary.approver, summary.approved_by) == (boss.email, None)
    browser = web.sign_in(boss)
    assert f"130 0 {boss.email}" in browser.get("/approvals").text


@pytest.mark.parametrize("act", ["", "/approve", "/reject"])
def test_a_batch_that_is_not_there_is_not_found(web: WebWorld, act: str):
    browser = web.sign_in(web.person(Role.MANAGER))
    path = f"/approvals/20261123-foreign{act}"
    page = browser.send(path, code="1") if act else browser.get(path)
    assert page.status == 404


def test_the_status_page_lists_what_waits_with_the_way_there(web: WebWorld):
    browser = web.sign_in(web.person(Role.MANAGER, language="es"))
    page = browser.get("/status")
    assert "130 Hay contactos que esperan tu sí o tu no" in page.text
    assert 'href="/approvals"' in page.html
    assert "Keap no se lee desde ayer" in page.text


def test_only_what_keap_refused_counts_as_refused(web: WebWorld):
    browser = web.sign_in(web.person(Role.MANAGER))
    _owed(web, "done", "pending", "begun", "dropped")
    assert "Changes that Keap refused" not in browser.get("/status").text
    _owed(web, "failed")
    assert "1 Changes that Keap refused" in browser.get("/status").text


def _owed(web: WebWorld, *states: str) -> None:
    about = {"case_id": 1, "contact_id": "1000", "kind": "tag", "tries": 1}
    at = {"created_at": web.now, "next_at": web.now, "done_at": web.now}
    rows = [{**about, **at, "key": state, "state": state} for state in states]
    with web.recovery.database.begin() as connection:
        connection.execute(table(OutboxRow).insert(), rows)
