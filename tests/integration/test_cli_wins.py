"""`recovery wins`: what is typed, what is printed, and who may."""

import pytest

from flows import environment
from recovery.services.users.service import Role
from tests.installation import Home
from tests.integration.cli import CommandLine, command_line

BOSS, REP = "boss@firm.example", "rep@firm.example"


@pytest.fixture
def typed(home: Home, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line of a home in which one free win waits."""
    recovery = command_line(home.settings.home, monkeypatch)
    for name, value in environment.of_settings(home.settings).items():
        monkeypatch.setenv(name, value)
    home.fresh.users.add(BOSS, Role.MANAGER)
    home.fresh.users.add(REP, Role.REP)
    home.contact(email="ana.vieja@example.com")
    home.contact("CONFIRMED", email="ana@empresa.com", tags=[])
    home.run("pull", "route")
    return recovery


def test_it_is_listed_with_both_addresses_and_decided(typed: CommandLine) -> None:
    (one,) = typed.json("wins", "list")
    assert (one["now"], one["would_become"], one["source"]) == (
        "ana.vieja@example.com",
        "ana@empresa.com",
        "twin",
    )
    assert typed.json("wins", "approve", "--all", "--as", BOSS)["approved"] == [one["contact"]]
    assert "no free win waits" in typed("wins", "list").stdout


def test_an_address_that_is_named_must_be_the_one_proposed(typed: CommandLine) -> None:
    (one,) = typed.json("wins", "list")
    other, own = (f"{one['contact']}={it}" for it in ("ex@otra.com", one["would_become"]))
    said = typed.json("wins", "approve", other, "--as", BOSS)
    assert said == {"approved": [], "skipped": {"decided_meanwhile": 1}}
    assert typed.json("wins", "approve", own, "--as", BOSS)["approved"] == [one["contact"]]


def test_a_rep_is_refused_and_a_wrong_call_is_told(typed: CommandLine) -> None:
    assert "manager" in typed("wins", "reject", "--all", "--as", REP, code=1).stderr
    typed("wins", "approve", "--as", BOSS, code=2)
    typed("wins", "approve", "--all", code=2)
    assert typed.json("wins", "reject", "404", "--as", BOSS) == {
        "rejected": [],
        "skipped": {"not_proposed": 1},
    }
