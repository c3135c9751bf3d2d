"""The job by commands against a sandbox: pulled, routed, reached, explained, reported."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recovery.adapters.db.cases import ATTEMPT, CASE, CONTACT
from recovery.adapters.db.engine import Database
from tests.integration.cli import CommandLine, command_line
from tests.sandbox_server import Running, running

_OWN_RESULTS = """
[[dispositions]]
code = "nobody_there"
es = "Nadie"
pt = "Ninguém"
en = "Nobody"
flags = ["unreachable"]

[[dispositions]]
code = "moved"
es = "Cambió de correo"
pt = "Mudou de e-mail"
en = "Has a new e-mail"
flags = ["human_answered", "connected", "new_address"]

[[dispositions]]
code = "never_again"
es = "Nunca más"
pt = "Nunca mais"
en = "Never again"
flags = ["human_answered", "connected", "do_not_contact"]
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with running(contacts=300, seed=5, start=None) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def job(sandbox: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """A home after pull and route; tests only look at it."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        recovery = command_line(tmp_path_factory.mktemp("job"), monkeypatch)
        recovery.connect(sandbox)
        recovery.json("pull")
        recovery.json("route")
        yield recovery


def _database(job: CommandLine) -> Database:
    return Database(f"sqlite:///{job.folder / 'home' / 'recovery.db'}")


def _first(job: CommandLine, query: Any) -> Any:
    with _database(job).read() as connection:
        return connection.execute(query).mappings().first()


def test_the_report_counts_what_was_pulled_and_opened(job: CommandLine):
    found = job.json("report")
    with _database(job).read() as connection:
        cases = len(connection.execute(CASE.select()).all())
    assert found["total"]["opened"] == cases > 0
    assert found["report"]["last_pull_at"]
    assert found["keap_calls"]["used_today"] > 0
    assert "Hard Bounce" in job("report").stdout


def test_the_policy_check_tells_what_the_routing_then_decides(job: CommandLine):
    lines = {line["status"]: line for line in job.json("policy", "check")["base"]}
    with _database(job).read() as connection:
        rows = connection.execute(CASE.select()).mappings().all()
    for status in ("HARD_BOUNCE", "INVALID", "SPAM", "MANUAL"):
        acts = [row["next_act"] for row in rows if row["status"] == status]
        # Of several contacts of one person another may be the case's own.
        assert abs(lines[status]["messaged"] - acts.count("message")) <= 1
        assert abs(acts.count("call") + acts.count("message") - _reached(lines[status])) <= 2
    assert lines["HARD_BOUNCE"]["messaged"] > 0


def _reached(line: dict[str, Any]) -> int:
    return int(line["contacts"]) - sum(line["left_out"].values())


def test_explain_tells_the_case_the_reason_and_what_comes_next(job: CommandLine):
    row = _first(job, CASE.select().where(CASE.c.next_act == "message"))
    shown = job("explain", row["contact_id"]).stdout
    assert row["reason"] in shown
    assert row["rule"] in shown
    assert row["policy_version"] in shown
    assert "UTC" in shown
    zone = row["next_place"]["zones"][0]
    assert zone in shown
    data = job.json("explain", row["contact_id"])
    assert data["contact"]["cases"][0]["next_act"] == "message"


def test_explain_finds_people_by_address_and_by_phone(job: CommandLine):
    row = _first(job, CONTACT.select().where(CONTACT.c.status == "HARD_BOUNCE"))
    email, phones = row["data"]["emails"][0][0], row["data"]["phones"]
    by_email = job.json("explain", email.upper())
    assert row["id"] in [by_email["contact"]["contact_id"], *by_email["same_person"]]
    if phones:
        by_phone = job.json("explain", phones[0][0])
        assert row["id"] in [by_phone["contact"]["contact_id"], *by_phone["same_person"]]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("SINGLE_OPT_IN", "nothing to win back"),
        ("BOUNCE", "Keap may still heal"),
        ("NO_EMAIL", "only when a manager asks"),
    ],
)
def test_who_has_no_case_is_told_why(job: CommandLine, status: str, words: str):
    row = _first(job, CONTACT.select().where(CONTACT.c.status == status))
    assert words in job("explain", row["id"]).stdout
    assert words in job.json("explain", row["id"])["why_no_case"]


def test_nobody_knows_a_stranger(job: CommandLine):
    assert "recovery pull" in job("explain", "99999999", code=1).output


def test_what_must_always_hold_does(job: CommandLine):
    found = job.json("doctor", "--invariants")
    assert {one["number"] for one in found} >= {f"I{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 11)}
    assert [one for one in found if one["count"]] == []


def test_messages_leave_after_the_push_and_only_once(
    sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    recovery = command_line(tmp_path, monkeypatch)
    recovery.connect(sandbox)
    recovery.policy(
        '[hours]\nweekdays = "00:00-23:59"\nsaturday = "00:00-23:59"\n'
        'sunday = "00:00-23:59"\nholidays = false\n'
    )
    recovery("pull")
    recovery("route")
    before = recovery.json("reach")
    assert before["counts"]["whatsapp_sent"] == 0
    assert before["skipped"]["template_not_approved"] > 0
    pushed = recovery.json("templates", "push")
    assert pushed["done"] is True
    sent = _until_sent(recovery)
    assert sent > 0
    assert len(sandbox.ledger("message")) == sent
    assert recovery.json("reach")["counts"]["whatsapp_sent"] == 0
    assert len(sandbox.ledger("message")) == sent


def _until_sent(recovery: CommandLine) -> int:
    """The sandbox approves one template after another, a moment after they were submitted."""
    sent = 0
    for _ in range(100):
        report = recovery.json("reach")
        sent += report["counts"]["whatsapp_sent"]
        if not report["skipped"].get("template_not_approved"):
            return int(sent)
    raise AssertionError("the templates were never approved")


def test_a_call_result_is_recorded_and_shown(
    sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    recovery = command_line(tmp_path, monkeypatch)
    recovery.connect(sandbox)
    for stage in ("pull", "route", "reach"):
        recovery(stage)
    call = _first(recovery, ATTEMPT.select().where(ATTEMPT.c.channel == "call"))
    contact = call["contact_id"]
    ask = ("record", "--contact", contact, "--as", "rep@example.com")
    recovery(*ask, "--result", "no_answer")
    assert "no answer by rep@example.com" in recovery("explain", contact).stdout
    assert recovery.json("report")["total"]["called"] == 1
    again = recovery(*ask, "--result", "busy", code=1)
    assert "no call in the queue" in again.output


def test_a_result_is_one_of_the_firm_s_own_list(
    sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    recovery = command_line(tmp_path, monkeypatch)
    recovery.connect(sandbox)
    recovery.policy(_OWN_RESULTS)
    for stage in ("pull", "route", "reach"):
        recovery(stage)
    call = _first(recovery, ATTEMPT.select().where(ATTEMPT.c.channel == "call"))
    ask = ("record", "--contact", call["contact_id"])
    unknown = recovery(*ask, "--result", "busy", code=2).stderr
    assert "nobody_there, moved, never_again" in " ".join(unknown.split())
    office = ("--result", "moved", "--email", "info@empresa.com")
    assert "ask for their own" in recovery(*ask, *office, code=1).output
    recovery(*ask, "--result", "moved", "--email", "ana.nueva@empresa.com")
    assert _first(recovery, ATTEMPT.select().where(ATTEMPT.c.id == call["id"]))["disposition"] == (
        "new_email"
    )


def test_a_result_without_what_it_needs_is_wrong_usage(job: CommandLine):
    for arguments in (
        ("--contact", "1"),
        ("--result", "busy"),
        ("--contact", "1", "--result", "callback"),
        ("--contact", "1", "--result", "new_email"),
        ("--contact", "1", "--result", "consent"),
        ("--contact", "1", "--result", "done_in_keap"),
        ("--contact", "1", "--result", "callback", "--at", "tomorrow"),
    ):
        job("record", *arguments, code=2)
