"""With an intake in the policy a case starts when somebody of the team has room for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.installation import Home, policy_file

Make = Callable[..., Home]
TEAM = "intake = { reps = 1, calls_per_rep_day = 6, open_chats_per_rep = 2 }\n"


def a_team(make_home: Make, folder: Path, text: str = TEAM) -> Home:
    return make_home(policy=policy_file(folder, text))


def people(home: Home, number: int, **more: Any) -> list[str]:
    return [home.contact(phones=[f"+5255{10_000_000 + n}"], **more) for n in range(number)]


def started(home: Home, contacts: list[str]) -> list[str]:
    return [one for one in contacts if home.case(one)["next_act"] == "message"]


def test_as_many_start_as_the_team_has_calls_for_and_the_rest_wait_for_their_day(
    make_home: Make, tmp_path: Path
) -> None:
    home = a_team(make_home, tmp_path)
    contacts = people(home, 5)
    report = home.run("pull", "route")["route"]
    assert len(started(home, contacts)) == 2  # three calls each, six a day
    assert report.skipped["intake.wait"] == 3
    waiting = [home.case(one) for one in contacts if one not in started(home, contacts)]
    assert sorted(case["next_at"][:10] for case in waiting) == [
        "2026-11-24",
        "2026-11-24",
        "2026-11-25",
    ]
    assert all("until somebody of the team has room" in case["reason"] for case in waiting)
    assert all(case["started_on"] is None for case in waiting)


def test_nobody_else_starts_on_the_same_day_however_often_it_is_routed(
    make_home: Make, tmp_path: Path
) -> None:
    home = a_team(make_home, tmp_path)
    contacts = people(home, 5)
    for _ in range(3):
        home.run("pull", "route")
        home.move(minutes=30)
    assert len(started(home, contacts)) == 2
    home.next_day()
    home.run("pull", "route")
    assert len(started(home, contacts)) == 4


def test_the_most_valuable_start_first(make_home: Make, tmp_path: Path) -> None:
    home = a_team(make_home, tmp_path)
    contacts = people(home, 5)
    home.run("pull")
    with home.fresh.database.begin() as connection:
        from recovery.adapters.db.cases import CASE

        for contact in contacts[3:]:
            best = CASE.update().where(CASE.c.contact_id == contact)
            connection.execute(best.values(value=99.0))
    home.run("route")
    assert started(home, contacts) == contacts[3:]


def test_calls_that_nobody_worked_leave_no_room(make_home: Make, tmp_path: Path) -> None:
    home = a_team(make_home, tmp_path)
    early = people(home, 2, tags=[])
    home.run("pull", "route", "reach")
    assert [home.step(one, "c1")["state"] for one in early] == ["queued", "queued"]
    home.next_day()
    late = [home.contact(phones=[f"+5255{30_000_000 + n}"]) for n in range(4)]
    home.run("pull", "route")
    assert len(started(home, late)) == 2  # two calls are late: four of six are left


def test_without_an_intake_nothing_waits_and_who_waited_starts(
    make_home: Make, tmp_path: Path
) -> None:
    home = a_team(make_home, tmp_path)
    contacts = people(home, 5)
    home.run("pull", "route")
    policy_file(tmp_path, "hold_days = 14\n")
    home.restart()
    home.run("route")
    assert len(started(home, contacts)) == 5
