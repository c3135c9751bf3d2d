"""Two cases that turn out to be of one person: what was done and promised in one holds for both."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from recovery.adapters.db.cases import ATTEMPT
from recovery.adapters.db.invariants import broken_invariants
from recovery.domain.case import Disposition
from recovery.services.record.by_person import CallResult
from recovery.services.users.service import Role
from tests.installation import BRAZILIAN, MEXICAN, Home, policy_file

REP, BOSS = "rep@firm.example", "boss@firm.example"


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


def told(home: Home, contact: str, what: Disposition, at: datetime | None = None) -> None:
    home.fresh.by_person.dispose(CallResult(contact, what, REP, at=at))


def test_who_was_written_to_twice_gets_no_third_message(home: Home) -> None:
    first, second = two(home)
    home.send()
    meet(home, first, second)
    nights(home, 40)
    assert home.case(first)["id"] == home.case(second)["id"]
    assert home.case(first)["state"] == "hold"
    assert {m["to"] for m in home.messages()} == {f"whatsapp:{BRAZILIAN}", f"whatsapp:{MEXICAN}"}
    assert len(home.messages()) == 2


def test_a_last_message_that_was_only_meant_makes_room_for_what_was_said(home: Home) -> None:
    first, second = two(home)
    home.send()
    with home.fresh.database.begin() as connection:
        row = home.step(first)
        meant = {"step": "m2", "state": "intended", "token": "meant", "sid": None}
        copied = {k: v for k, v in row.items() if k not in ("id", *meant) and not k.endswith("_at")}
        key = row["step_key"].replace(":m1", ":m2")
        values = {**copied, **meant, "step_key": key, "created_at": home.now}
        connection.execute(ATTEMPT.insert().values(values))
    meet(home, first, second)
    nights(home, 40)
    assert home.case(first)["id"] == home.case(second)["id"]
    assert len(home.messages()) == 2


@pytest.mark.parametrize("is_queued", [False, True])
@pytest.mark.parametrize("lower", [False, True])
def test_a_call_that_was_agreed_in_one_is_made(home: Home, lower: bool, is_queued: bool) -> None:
    one, other = sorted(two(home, tags=[]), reverse=lower)
    nights(home, 4)
    told(home, one, Disposition.CALLBACK, home.now + timedelta(days=2))
    told(home, other, Disposition.SPOKE)
    nights(home, 1)
    if is_queued:
        home.move(days=1)
        home.run("route", "reach")
    meet(home, one, other)
    nights(home, 4)
    agreed = [a for step, a in home.attempts(one).items() if step.startswith("callback-")]
    assert "queued" in [a["state"] for a in agreed]


def test_a_soft_bounce_that_turns_hard_enters_the_hold(home: Home) -> None:
    first, second = two(home, "BOUNCE")
    nights(home, 16)
    meet(home, first, second)
    while home.case(first)["state"] != "closed":
        nights(home, 1)
    home.change(first, status="HARD_BOUNCE")
    nights(home, 3)
    assert home.case(first)["state"] == "hold"
    assert len(home.messages()) == 2


def test_what_was_not_allowed_for_a_while_goes_on_in_the_case_that_was_kept(
    home: Home, tmp_path: Path
) -> None:
    first, second = two(home)
    home.send()
    meet(home, first, second)
    nights(home, 1)
    shipped = home.settings
    never = policy_file(tmp_path, 'hard_bounce = { open = "never" }\n')
    for settings in (shipped.model_copy(update={"policy": never}), shipped):
        home.settings = settings
        home.restart()
        nights(home, 2)
    assert (home.case(first)["state"], home.case(first)["round"]) == ("open", 1)
    assert len(home.messages()) == 2


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


def test_what_a_manager_refused_in_one_is_proposed_in_neither(home: Home) -> None:
    home.fresh.users.add(BOSS, Role.MANAGER)
    first, second = two(home)
    (email,) = home.shown(second)["contact"]["email_addresses"]
    spare = {"email": "casa@example.com", "field": "EMAIL2"}
    home.change(second, fields={"email_addresses": [email, spare]})
    home.change(second, email_status={"casa@example.com": "CONFIRMED"})
    home.send()
    home.fresh.wins.reject([second], as_=BOSS)
    home.change(first, fields={"email_addresses": [{**email, "field": "EMAIL1"}]})
    nights(home, 2)
    assert home.case(first)["id"] == home.case(second)["id"]
    assert home.case(first)["state"] == "open"


OFFICE = "+525599998888"


def lines(home: Home) -> list[str]:
    return [m["to"].removeprefix("whatsapp:") for m in home.messages()]


def numbered(home: Home, contact: str, *numbers: str) -> None:
    rows = [{"field": f"PHONE{n}", "number": one} for n, one in enumerate(numbers, start=1)]
    home.change(contact, fields={"phone_numbers": rows})


@pytest.mark.parametrize("healings", [0, 1])
def test_who_was_one_person_with_others_for_a_while_is_not_begun_with_anew(
    home: Home, healings: int
) -> None:
    first, second = two(home)
    home.send()
    for status in ("CONFIRMED", "HARD_BOUNCE") * healings:
        home.change(second, status=status)
        nights(home, 2)
    written = lines(home).count(BRAZILIAN)
    assert written == 1 + healings
    numbered(home, first, MEXICAN, OFFICE)
    numbered(home, second, BRAZILIAN, OFFICE)
    nights(home, 1)
    assert home.case(first)["id"] == home.case(second)["id"]
    for _ in range(4):
        home.contact("CONFIRMED", phones=(OFFICE,))
    numbered(home, second, BRAZILIAN)
    nights(home, 40)
    apart = home.case(second)
    assert apart["id"] != home.case(first)["id"]
    state = apart["state"], apart["round"], apart["contact_id"]
    assert state == ("engaged", 1 + healings, second)
    assert lines(home).count(BRAZILIAN) == written
    home.fresh.by_person.resume_case(second, actor=REP)
    nights(home, 40)
    steps = home.attempts(second)
    assert lines(home).count(BRAZILIAN) <= written + 1
    assert steps["m1"]["state"] == "read"
    assert home.case(second)["state"] == "hold"


def test_who_went_apart_from_a_case_is_no_member_when_it_goes_on(home: Home) -> None:
    first, second = two(home)
    beside = home.contact(phones=(BRAZILIAN,))
    home.send()
    assert home.case(second)["id"] == home.case(beside)["id"]
    for contact, own in ((first, MEXICAN), (second, BRAZILIAN)):
        numbered(home, contact, own, OFFICE)
    nights(home, 1)
    numbered(home, beside, "+525512340009", OFFICE)
    for _ in range(4):
        home.contact("CONFIRMED", phones=(OFFICE,))
    nights(home, 3)
    assert len({home.case(one)["id"] for one in (first, second, beside)}) == 3
    assert broken_invariants(home.fresh.database) == []
    assert lines(home).count(BRAZILIAN) == 1
