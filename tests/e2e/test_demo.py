"""The demo lives whole weeks against the sandbox, through the services that people use."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from recovery.adapters.db.queries.account import OurAccount
from recovery.cli.demo.adding_up import add_up
from recovery.cli.demo.firm import fresh_home
from recovery.errors import ConfigurationError

CODE = "from recovery.cli import main; main()"


def live(home: Path, *options: str, seed: int = 3, contacts: int = 120) -> str:
    """A whole demo without Prefect; its output, with the exit code checked."""
    arguments = ["demo", "--exit", "--no-prefect", "--home", str(home)]
    arguments += ["--contacts", str(contacts), "--seed", str(seed), *options]
    done = subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def without_chance(output: str) -> list[str]:
    """Batch ids are random, seconds are real; a callback and a reply of one minute race."""
    return sorted(re.sub(r"\d{8}-[0-9a-f]{6}|Told in .*", "…", output).splitlines())


def test_four_weeks_add_up_and_the_same_seed_lives_them_again(tmp_path: Path) -> None:
    first = live(tmp_path / "one", "--weeks", "4")
    assert first.count("the same ones") == 6
    assert re.search(r"approved exactly this list of \d+ .*: [1-9]\d* deleted", first)
    assert re.search(r"[1-9]\d* recovered", first)
    assert without_chance(live(tmp_path / "two", "--weeks", "4")) == without_chance(first)
    workbooks = list((tmp_path / "one" / "archives").glob("*.xlsx"))
    assert workbooks, "the archive has its workbook"


def test_a_message_that_one_side_lacks_is_a_difference() -> None:
    ours = OurAccount(
        messages=frozenset({"SM1", "SM2"}),
        replies=frozenset(),
        tasks=frozenset({"7"}),
        notes=frozenset(),
        deleted=frozenset({"1"}),
        tombstones=frozenset({"1"}),
    )
    ledger = [
        {"kind": "message", "sid": "SM1"},
        {"kind": "keap.task_created", "id": "7", "title": "[REC-1] Call"},
        {"kind": "keap.task_created", "id": "8", "title": "By a person"},
        {"kind": "keap.contact_deleted", "id": "1", "by": "api"},
        {"kind": "keap.contact_deleted", "id": "2", "by": "human"},
    ]
    lines = {line.what: line for line in add_up(ours, ledger)}
    assert lines["WhatsApp messages"].differing == {"SM2"}
    assert [what for what, line in lines.items() if not line.adds_up] == ["WhatsApp messages"]


def test_a_message_sent_twice_is_a_difference_although_both_sides_know_it() -> None:
    ours = OurAccount(frozenset({"SM1"}), *(frozenset[str]() for _ in range(5)))
    ledger = [{"kind": "message", "sid": "SM1"}, {"kind": "message", "sid": "SM1"}]
    assert add_up(ours, json.loads(json.dumps(ledger)))[0].differing == {"SM1"}


def test_a_demo_empties_no_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "recovery.db").write_text("a firm's database")
    with pytest.raises(ConfigurationError, match="no demo's"):
        fresh_home(tmp_path)
    assert (tmp_path / "recovery.db").exists()
    home = fresh_home(tmp_path / "demo")
    (home / "recovery.db").write_text("the last demo's")
    assert not (fresh_home(home) / "recovery.db").exists()
