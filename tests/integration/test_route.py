"""Routing on real rows: what is decided stands with its reason, and nobody gets stuck."""

from datetime import timedelta
from typing import Any

import pytest

from recovery.adapters.db.route.store import SqlRouteStore
from tests.installation import MEXICAN, Crash, Home, policy_file


def test_every_decision_has_its_rule_and_its_reason(make_home: Any) -> None:
    home = make_home(contacts=200)
    home.run("pull", "route")
    open_ = home.rows("SELECT * FROM recovery_case WHERE state <> 'closed'")
    assert open_
    assert all(row["rule"] and row["reason"] and row["policy_version"] for row in open_)
    cases = {row["case_id"] for row in home.rows("SELECT DISTINCT case_id FROM decision")}
    assert {row["id"] for row in home.rows("SELECT id FROM recovery_case")} == cases


def test_routing_twice_changes_nothing(make_home: Any) -> None:
    home = make_home(contacts=200)
    home.run("pull", "route")
    before = home.rows("SELECT * FROM recovery_case ORDER BY id")
    decisions = home.one("SELECT count(*) AS n FROM decision")
    home.run("route")
    assert home.rows("SELECT * FROM recovery_case ORDER BY id") == before
    assert home.one("SELECT count(*) AS n FROM decision") == decisions


def test_a_crash_while_saving_decisions_loses_none(home: Home) -> None:
    contact = home.contact()
    home.run("pull")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(SqlRouteStore, "save", crash)
        with pytest.raises(Crash):
            home.fresh.stages.route()
    home.restart()
    home.run("route")
    assert home.case(contact)["next_act"] == "message"


def crash(*_: Any, **__: Any) -> Any:
    raise Crash


def test_a_change_that_comes_while_deciding_is_decided_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = home.contact()
    home.run("pull")
    whole = SqlRouteStore.items

    def items(self: SqlRouteStore, ids: Any) -> Any:
        found = whole(self, ids)
        monkeypatch.undo()
        home.change(contact, status="SPAM")
        home.now += timedelta(hours=1)
        home.run("pull")
        return found

    monkeypatch.setattr(SqlRouteStore, "items", items)
    home.run("route")
    assert home.case(contact)["next_act"] is None
    home.run("route")
    assert home.case(contact)["next_act"] == "call"


def test_a_free_win_waits_for_a_manager_and_then_the_cadence_starts(home: Home) -> None:
    two = [
        {"email": "dead@example.com", "field": "EMAIL1"},
        {"email": "casa@example.com", "field": "EMAIL2"},
    ]
    contact = home.contact(email="dead@example.com")
    home.change(contact, fields={"email_addresses": two})
    home.change(contact, email_status={"casa@example.com": "CONFIRMED"})
    home.send()
    case = home.case(contact)
    assert (case["state"], case["win_email"]) == ("proposed", "casa@example.com")
    assert home.messages() == []
    home.next_day(14)
    home.send()
    assert len(home.messages(MEXICAN)) == 1


def test_who_has_no_usable_number_goes_into_the_hold_at_once(home: Home) -> None:
    contact = home.contact(phones=["12"])
    home.send()
    case = home.case(contact)
    assert (case["state"], case["rule"]) == ("hold", "no_route.hold")


def test_a_call_that_nobody_worked_lapses_and_is_no_attempt(home: Home) -> None:
    contact = home.contact(tags=[])
    home.send()
    home.next_day(14)
    home.run("route", "reach")
    calls = home.attempts(contact)
    assert calls["c1"]["state"] == "lapsed"
    assert calls["c1"]["disposition"] is None


def allow_no_messages(home: Home, tmp_path: Any) -> None:
    stricter = policy_file(tmp_path, 'hard_bounce = { whatsapp = "never" }\n')
    home.settings = home.settings.model_copy(update={"policy": stricter})
    home.restart()


@pytest.mark.parametrize("stages", [("reach",), ("route", "reach")])
def test_a_policy_that_allows_less_rules_what_was_decided_before(
    home: Home, tmp_path: Any, stages: tuple[str, ...]
) -> None:
    contact = home.contact()
    home.run("pull", "route")
    allow_no_messages(home, tmp_path)
    home.run(*stages)
    assert home.messages() == []
    case, called = home.case(contact), home.step(contact, "c1")["policy_version"]
    assert {case["policy_version"], called} == {home.fresh.policy.version}


def test_an_unchanged_policy_decides_nothing_anew(home: Home, tmp_path: Any) -> None:
    home.contact()
    home.run("pull", "route")
    assert home.fresh.route.outdated() == ()
    allow_no_messages(home, tmp_path)
    assert len(home.fresh.route.outdated()) == 1
    assert home.fresh.route.outdated() == ()
    assert home.fresh.route.due()
