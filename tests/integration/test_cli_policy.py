"""`recovery policy`: the table, what it means today, and wrong keys named."""

from pathlib import Path

import pytest

from tests.integration.cli import CommandLine, command_line


@pytest.fixture
def recovery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return command_line(tmp_path, monkeypatch)


def test_without_a_database_the_table_stands_alone(recovery: CommandLine):
    shown = recovery("policy", "check").stdout
    assert "Hard Bounce" in shown
    assert "recovery pull" in shown
    assert not (recovery.folder / "home").exists()


def test_the_table_says_what_the_policy_says(recovery: CommandLine):
    rules = {one["status"]: one for one in recovery.json("policy", "check")["statuses"]}
    assert rules["HARD_BOUNCE"]["whatsapp"] == "consent"
    assert rules["HARD_BOUNCE"]["call_days"] == [2, 5, 9]
    assert rules["HARD_BOUNCE"]["hold_days"] == 14
    assert rules["SPAM"]["messages"] == 0
    assert rules["BOUNCE"]["delete"] is False


def test_one_line_changes_one_status(recovery: CommandLine):
    recovery.policy('reported_spam = { open = "never" }\nhold_days = 30\n')
    found = recovery.json("policy", "check")
    rules = {one["status"]: one for one in found["statuses"]}
    assert rules["SPAM"]["open"] == "never"
    assert rules["INVALID"]["hold_days"] == 30
    assert {one["key"] for one in recovery.json("policy", "diff")} == {
        "hold_days",
        "reported_spam.open",
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hold_day = 3", "hold_days"),
        ('hard_bounce = { whatsap = "consent" }', "whatsapp"),
        ("hold_days = 'many'", "hold_days"),
        ("hold_days = ", "policy.toml"),
        ("soft_bounce = { delete = true }", "soft_bounce.delete"),
    ],
)
def test_a_wrong_key_is_named_with_exit_code_2(recovery: CommandLine, text: str, told: str):
    recovery.policy(text)
    refused = recovery("policy", "check", code=2)
    assert told in refused.output
    assert refused.stdout == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('# mine\nhold_days = "14"', "line 2: hold_days: must be a whole number without quotes"),
        ("hard_bounce = { calls = true }", "line 1: hard_bounce.calls: must be a whole number"),
        ("firm = 5", "line 1: firm: must be a text in quotes"),
        ("[delete]\nnever_called = 1", "line 2: delete.never_called: must be true or false"),
        ("[delete]\n\nmax_share = 2", "line 3: delete.max_share: must be at most 1, not 2"),
        ("opt_out = { calls = 9 }", "line 1: opt_out.calls: must be at most 6, not 9"),
        ('opt_out = { whatsapp = "yes" }', 'line 1: opt_out.whatsapp: must be "never", '),
        ('protected_tags = "VIP"', "line 1: protected_tags: must be a list in brackets"),
        ("consent = true", "line 1: consent: must be a table"),
        ("hold_days = 1\nfirm = Acme", "line 2: write it as key = value"),
        ("hold_days = 1\nhold_days = 2", "line 2: write it as key = value"),
        ("hold_days = 2026-01-01", "line 1: hold_days: must be a whole number"),
    ],
)
def test_a_slip_is_told_with_its_line_and_what_is_allowed(
    recovery: CommandLine, text: str, told: str
):
    recovery.policy(text)
    said = recovery("policy", "check", code=2).stderr
    assert told in said
    assert "pydantic" not in said
    assert len(said.splitlines()) == 1


def test_a_difference_is_told_by_the_key_a_person_types_and_once(recovery: CommandLine):
    recovery.policy("hard_bounce = { calls = 1 }\nopt_out = { delete = false }\n")
    found = [one["key"] for one in recovery.json("policy", "diff")]
    assert sorted(found) == ["hard_bounce.calls", "opt_out.delete"]


def test_without_a_consent_rule_it_warns(recovery: CommandLine):
    recovery.policy("[consent]\ntags = []\n")
    assert any(
        "nobody gets WhatsApp" in one for one in recovery.json("policy", "check")["warnings"]
    )


def test_a_stand_in_that_no_text_is_called_is_told(recovery: CommandLine):
    recovery.policy(
        '[templates]\ninstead = { new_email_first = ["new_email_last", "new_email_shrot"] }\n'
    )
    told = [one for one in recovery.json("policy", "check")["warnings"] if "instead" in one]
    assert len(told) == 1
    assert told[0].endswith("is called new_email_shrot")
