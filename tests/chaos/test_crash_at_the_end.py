"""T2 for archive, approval and deletion: each once, from a verified file, none forgotten."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa

from recovery.adapters.db.cases import CASE
from recovery.crashpoints import Kind
from recovery.services.users.service import Role
from tests.chaos.judge import invariants_hold
from tests.chaos.processes import Warm
from tests.chaos.test_crash_matrix import survive
from tests.installation import Home, policy_file

MANAGER = "boss@example.com"
PEOPLE = 4
ARCHIVING, DELETING = ("P15", "P16", "P17", "P18"), ("P19", "P20", "P21", "P22")
RULES = "[delete]\nmax_share = 1.0\nnever_called = true\nfirst_batch = 2\n"


@pytest.fixture
def home(tmp_path: Path, make_home: Callable[..., Home]) -> Home:
    """People whom nothing reaches, after their hold."""
    made = make_home(policy=policy_file(tmp_path, RULES))
    for _ in range(PEOPLE):
        made.contact(phones=())
    made.run("pull", "route")
    with made.fresh.database.begin() as connection:
        past = {"hold_until": made.now, "route_at": made.now}
        held = connection.execute(sa.update(CASE).where(CASE.c.state == "hold").values(past))
    assert held.rowcount == PEOPLE
    made.move(hours=1)
    made.run("route")
    return made


def approved(home: Home) -> str:
    """The one batch, approved by its manager."""
    (batch,) = [found.batch.id for found in home.fresh.archive.batches()]
    user = home.fresh.users.add(MANAGER, Role.MANAGER)
    code = pyotp.TOTP(user.totp_secret).at(home.now)
    home.fresh.approvals.approve(batch, as_=MANAGER, code=code)
    return batch


def archived(home: Home) -> Counter[str]:
    """Who stands in a finished file, and how often."""
    files = home.settings.archives.glob("archive-*.jsonl")
    lines = [line for file in files for line in file.read_text().splitlines()]
    return Counter(str(json.loads(line)["contact_id"]) for line in lines)


def gone(home: Home) -> Counter[str]:
    """Whom Keap deleted on our word, and how often."""
    return Counter(row["id"] for row in home.sandbox.ledger("keap.contact_deleted"))


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("point", ARCHIVING)
def test_an_archive_that_was_cut_off_is_finished(
    home: Home, warm: Warm, point: str, kind: Kind
) -> None:
    survive(home, warm, [("stage", "archive")], f"{point}:{kind}")
    assert gone(home) == Counter()
    batch = approved(home)
    assert warm.run(home, [("delete", batch)]) == 0
    assert set(archived(home).values()) == {1}
    assert gone(home) == archived(home)
    assert len(gone(home)) == PEOPLE
    invariants_hold(home)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("point", DELETING)
def test_a_deletion_that_was_cut_off_is_finished(
    home: Home, warm: Warm, point: str, kind: Kind
) -> None:
    home.run("archive")
    batch = approved(home)
    survive(home, warm, [("delete", batch)], f"{point}:{kind}")
    assert gone(home) == archived(home)
    assert len(gone(home)) == PEOPLE
    states = Counter(row["state"] for row in home.rows("SELECT state FROM archive_item"))
    assert states == {"deleted": PEOPLE}
    assert len(home.rows("SELECT contact_id FROM tombstone")) == PEOPLE
    invariants_hold(home)
