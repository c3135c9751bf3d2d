"""Two cases that turn out to be of one person: what was done and promised in one holds for both."""

from tests.installation import BRAZILIAN, Home

BOSS = "boss@firm.example"


def nights(home: Home, days: int) -> None:
    for _ in range(days):
        home.next_day()
        home.run("record", "pull", "route", "reach")


def two(home: Home, status: str = "HARD_BOUNCE", **more: list[str]) -> tuple[str, str]:
    """Two records that have nothing in common yet."""
    return home.contact(status, **more), home.contact(status, phones=(BRAZILIAN,), **more)


def meet(home: Home, first: str, second: str) -> None:
    """Somebody corrects the second record: it has the address of the first now."""
    emails = home.shown(first)["contact"]["email_addresses"]
    home.change(second, fields={"email_addresses": emails})


def test_whom_a_manager_asks_for_under_one_of_two_records_gets_another_case(home: Home) -> None:
    first, second = (home.contact("NON_MARKETABLE", phones=()) for _ in range(2))
    meet(home, first, second)
    home.run("pull")
    home.fresh.reps.lists.start([first], by=BOSS)
    nights(home, 1)
    assert home.case(second)["end"] == "unrecovered"
    home.move(minutes=1)
    assert home.fresh.reps.lists.start([first], by=BOSS).opened == 1
    assert (home.case(second)["state"], home.case(second)["round"]) == ("open", 2)
