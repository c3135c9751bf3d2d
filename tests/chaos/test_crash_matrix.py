"""T2: every named point, ended in every way, on a small firm that lives three days."""

from datetime import timedelta
from typing import Any

import pytest

from recovery.crashpoints import Kind
from tests.chaos.conftest import FULL
from tests.chaos.judge import judged
from tests.chaos.processes import Step, Warm
from tests.installation import NOON, Home

ON_THE_WAY = ("P01", "P02", "P03", "P04", "P05", "P06", "P07", "P08", "P12", "P13", "P14", "P28")
STAGES = ("pull", "route", "reach", "record")
#: How often a point is passed in these days, at least, and which of its passages the gate tries.
PASSAGES = {"P05": 5, "P06": 5, "P07": 5, "P08": 4, "P13": 5, "P14": 5}
GATE = {"P05": 3, "P06": 3, "P07": 3, "P08": 3, "P13": 5, "P14": 5}
LATER = [
    (point, passage)
    for point, most in (PASSAGES if FULL else GATE).items()
    for passage in range(2, most + 1)
]
#: Hours after noon at which the stages run: looks at doubts, answers, calls, the next day.
HOURS = (0, 0.2, 0.6, 1.5, 3, 24, 25.5)
#: The same with runs a minute, and two, three and four after each.
IMPATIENT = tuple(hour + minutes / 60 for hour in HOURS for minutes in range(5))


def the_days(at: tuple[float, ...] = HOURS) -> list[Step]:
    """What schedules do."""
    steps: list[Step] = []
    for hours in at:
        steps.append(("move", NOON + timedelta(hours=hours)))
        names = ("record", *STAGES) if hours in (0, 24) else ("record", "route", "reach", "record")
        steps += [("stage", name) for name in names]
    return steps


def a_small_firm(home: Home) -> dict[str, str]:
    """One of each: silent, gives an address, refuses, has no WhatsApp."""
    numbers = [f"+5255123456{n}" for n in (10, 11, 12, 13)]
    habits = {
        "silent": {},
        "ana": {"behaviour": "new_address", "confirmation": "button", "answers_message": 1},
        "bruno": {"behaviour": "stop", "answers_message": 1},
        "carla": {"behaviour": "not_on_whatsapp"},
    }
    return {
        name: home.contact(phones=(number,), habits=how)
        for number, (name, how) in zip(numbers, habits.items(), strict=True)
    }


def as_told_by_driver(home: Home, crash: str) -> str:
    """A full disk and a lock speak as this home's database does."""
    driver = str(home.settings.database_url).partition("+")[0].partition(":")[0]
    point, kind, *passage = crash.split(":")
    return ":".join([point, kind, *(passage or ["1"]), driver])


def survive(home: Home, warm: Warm, steps: list[Step], crash: str, **more: Any) -> int:
    """Lives the steps, dies once, and goes on where it was without the variable."""
    folder = home.settings.home
    status = warm.run(home, steps, crash=as_told_by_driver(home, crash), **more)
    assert (folder / "fired").exists() or status == -9, "the point was never passed"
    if status == 0:
        return status
    done = folder / "done"
    since = int(done.read_text()) if done.exists() else 0
    again = warm.run(home, steps, since=since, **more)
    assert again == 0, (folder / "child.log").read_text()[-3000:]
    return status


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("point", ON_THE_WAY)
def test_a_crash_anywhere_on_the_way_is_survived(
    home: Home, warm: Warm, point: str, kind: Kind
) -> None:
    people = a_small_firm(home)
    survive(home, warm, the_days(), f"{point}:{kind}")
    home.move(NOON + timedelta(hours=HOURS[-1]))
    judged(home)
    assert home.case(people["bruno"])["stopped"] or not home.messages("+525512345612")


@pytest.mark.parametrize(("point", "passage"), LATER)
def test_so_is_a_later_one(home: Home, warm: Warm, point: str, passage: int) -> None:
    a_small_firm(home)
    survive(home, warm, the_days(), f"{point}:kill:{passage}")
    home.move(NOON + timedelta(hours=HOURS[-1]))
    judged(home)


@pytest.mark.parametrize(("point", "passage"), [("P13", 2), ("P13", 3), ("P14", 1), ("P14", 2)])
def test_so_is_one_while_keap_does_late_what_it_was_asked_for(
    home: Home, warm: Warm, point: str, passage: int
) -> None:
    a_small_firm(home)
    home.faults(*["execute_later"] * 8, match="POST .*/(notes|tasks)$")
    survive(home, warm, the_days(IMPATIENT), f"{point}:kill:{passage}")
    home.move(NOON + timedelta(hours=IMPATIENT[-1]))
    judged(home)
