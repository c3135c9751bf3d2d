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
        "statuses.SPAM.open",
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


def test_without_a_consent_rule_it_warns(recovery: CommandLine):
    recovery.policy("[consent]\ntags = []\n")
    assert any(
        "nobody gets WhatsApp" in one for one in recovery.json("policy", "check")["warnings"]
    )
