"""API goals start the firm's own automations in Keap: once an outcome of a case, or listed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recovery.adapters.db.queries.report import report
from recovery.adapters.db.record.outbox import SqlOutboxStore
from recovery.domain.case import Disposition
from recovery.services.record.by_person import CallResult
from tests.installation import BRAZILIAN, Crash, Home, policy_file
from tests.stopped_clock import nobody_waits

REP = "rep@firm.example"
GOALS = (
    'goals = { integration = "recovery", recovered = "won", engaged = "talks",'
    ' unrecovered = "lost", stopped = "stop", withdrawn = "bounced" }\n'
)


@pytest.fixture
def home(make_home: Callable[..., Home], tmp_path: Path) -> Home:
    return make_home(policy=policy_file(tmp_path, GOALS))


def achieved(home: Home, contact: str) -> list[str]:
    rows = home.sandbox.ledger("keap.goal_achieved")
    assert all(row["integration"] == "recovery" for row in rows)
    return [row["call_name"] for row in rows if row["contact_id"] == contact]


def unrecovered(home: Home) -> str:
    contact = home.contact(phones=[])
    home.run("pull", "route")
    return contact


def later(home: Home, times: int = 3) -> None:
    for _ in range(times):
        home.move(minutes=5)
        home.run("record")


def with_a_call(home: Home) -> str:
    contact = home.contact(tags=[])
    home.send()
    return contact


def test_each_outcome_of_a_case_starts_its_own_goal_once(home: Home) -> None:
    contact = with_a_call(home)
    home.fresh.by_person.dispose(CallResult(contact, Disposition.SPOKE, REP))
    later(home)
    assert achieved(home, contact) == ["talks"]
    won = home.contact(tags=[], phones=[BRAZILIAN])
    home.send()
    gave = CallResult(won, Disposition.NEW_EMAIL, REP, email="ana.nueva@empresa.com")
    home.fresh.by_person.dispose(gave)
    later(home)
    assert (achieved(home, won), home.case(won)["end"]) == (["won"], "recovered")


def test_a_stop_and_an_end_without_success_have_theirs(home: Home) -> None:
    lost, stopped = unrecovered(home), with_a_call(home)
    home.fresh.by_person.dispose(CallResult(stopped, Disposition.DO_NOT_CONTACT, REP))
    home.run("route")
    later(home)
    assert (achieved(home, lost), achieved(home, stopped)) == (["lost"], ["stop"])


def test_without_a_name_in_the_policy_keap_is_not_asked(make_home: Callable[..., Home]) -> None:
    home = make_home()
    unrecovered(home)
    later(home)
    assert home.sandbox.ledger("keap.goal_achieved") == []
    assert home.rows("SELECT * FROM outbox WHERE state NOT IN ('done', 'dropped')") == []


def test_a_crash_between_the_call_and_its_record_is_listed_and_not_repeated(home: Home) -> None:
    contact = unrecovered(home)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(SqlOutboxStore, "done", dies_at_the_goal)
        with pytest.raises(Crash):
            home.fresh.stages.record()
    home.restart()
    later(home)
    assert achieved(home, contact) == ["lost"]
    (doubt,) = report(home.fresh.database, now=home.now).doubts
    assert (doubt.what, doubt.contact_id) == ("Keap goal", contact)
    assert "by hand" in doubt.reason


DONE = SqlOutboxStore.done


def dies_at_the_goal(self: SqlOutboxStore, entries: Any, *given: Any, **more: Any) -> None:
    if entries[0].kind == "goal":
        raise Crash
    DONE(self, entries, *given, **more)


@pytest.mark.parametrize("fault", ["execute_then_500", "execute_then_reset"])
def test_a_lost_answer_is_listed_and_not_repeated(home: Home, fault: str) -> None:
    contact = unrecovered(home)
    home.faults(fault, match="goals")
    later(home, 4)
    assert achieved(home, contact) == ["lost"]
    (doubt,) = report(home.fresh.database, now=home.now).doubts
    assert doubt.what == "Keap goal"


def test_one_that_certainly_did_not_reach_keap_is_tried_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody_waits(monkeypatch)
    contact = unrecovered(home)
    # Six refusals in a row: the adapter gives up for this run.
    home.faults(*["rate_limited"] * 6, match="goals")
    home.run("record")
    assert achieved(home, contact) == []
    later(home)
    assert achieved(home, contact) == ["lost"]
    assert report(home.fresh.database, now=home.now).doubts == ()


def test_in_conversation_is_tagged_while_it_is_true(home: Home) -> None:
    contact = with_a_call(home)
    tags = home.fresh.policy.tags
    home.fresh.by_person.dispose(CallResult(contact, Disposition.SPOKE, REP))
    later(home, 1)
    assert tags.engaged in home.tags(contact)
    home.fresh.by_person.close_case(contact, reason="moved away", actor=REP)
    later(home, 1)
    assert tags.engaged not in home.tags(contact)


def test_a_tag_that_was_not_put_yet_is_not_put_any_more(home: Home) -> None:
    contact = with_a_call(home)
    home.fresh.by_person.dispose(CallResult(contact, Disposition.SPOKE, REP))
    home.fresh.by_person.close_case(contact, reason="moved away", actor=REP)
    later(home)
    assert home.tags(contact) == set()
    assert home.rows("SELECT id FROM outbox WHERE kind = 'untag'") == []
