"""Who may be written to today: the account's limit, a new sender's warm-up, the canary."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from recovery.adapters.twilio.client import TwilioMessenger
from recovery.errors import Call, Unsupported
from recovery.services.ports import SendAnswer, SendResult
from recovery.services.stages import StageReport
from tests.installation import SENDER, Home

Make = Callable[..., Home]


def people(home: Home, number: int, **more: Any) -> list[str]:
    return [home.contact(phones=[f"+5255{10_000_000 + n}"], **more) for n in range(number)]


def reached(home: Home) -> StageReport:
    return home.run("reach")["reach"]


def told(home: Home, limit: str | None) -> None:
    home.sandbox.control("/sender", {"limit": limit})


def warm(home: Home, level: int) -> None:
    """The sender wrote for weeks."""
    from recovery.adapters.db.reach.pacing import SqlPacingStore
    from recovery.domain.pace import Level

    store = SqlPacingStore(home.fresh.database)
    store.save_levels({SENDER: Level(level, home.now - timedelta(days=1))})


def test_at_full_pace_the_accounts_limit_alone_counts(home: Home) -> None:
    people(home, 8)
    told(home, "5 Customers/24hr")
    home.run("pull", "route")
    report = reached(home)
    assert (report.counts["whatsapp_sent"], report.skipped["allowance_used_up"]) == (5, 3)
    assert reached(home).counts["whatsapp_sent"] == 0
    home.next_day()
    home.run("pull", "route")
    assert reached(home).counts["whatsapp_sent"] == 3


def test_the_most_promising_get_todays_allowance_and_the_rest_are_told_their_day(
    home: Home,
) -> None:
    contacts = people(home, 6)
    for contact, score in zip(contacts, (10, 60, 20, 50, 30, 40), strict=True):
        home.change(contact, score_value=score)
    told(home, "2 Customers/24hr")
    home.run("pull", "route")
    with home.fresh.database.begin() as connection:
        from recovery.adapters.db.cases import CASE

        for contact, value in zip(contacts, (10, 60, 20, 50, 30, 40), strict=True):
            connection.execute(
                CASE.update().where(CASE.c.contact_id == contact).values(value=value)
            )
    reached(home)
    states = [contact for contact in contacts if home.attempts(contact)]
    assert states == [contacts[1], contacts[3]]
    third, last = home.case(contacts[5]), home.case(contacts[0])
    assert "today's 2 people are written to (WhatsApp's limit of the account)" in third["reason"]
    assert third["next_at"] == f"{home.now + timedelta(days=1):%Y-%m-%d %H:%M:%S.%f}"
    assert last["next_at"] == f"{home.now + timedelta(days=2):%Y-%m-%d %H:%M:%S.%f}"


def test_a_higher_limit_brings_forward_who_was_to_wait_for_days(home: Home) -> None:
    people(home, 40)
    told(home, "5 Customers/24hr")
    home.run("pull", "route")
    assert reached(home).skipped["allowance_used_up"] == 35
    for _ in range(2):
        home.next_day()
        home.run("pull", "route")
        reached(home)
    assert reached(home).skipped == {"allowance_used_up": 25}
    told(home, "20 Customers/24hr")
    assert reached(home).counts["whatsapp_sent"] == 15
    told(home, "10K Customers/24hr")
    home.next_day()
    home.run("pull", "route")
    report = reached(home)
    assert (report.counts["whatsapp_sent"], report.skipped) == (10, {})


def test_a_new_sender_writes_to_fifty_a_day_spread_over_the_hours(make_home: Make) -> None:
    home = make_home(pace="careful")
    people(home, 70)
    home.run("pull", "route")
    report = reached(home)
    assert report.counts["whatsapp_sent"] == 5
    assert (report.skipped["later_today"], report.skipped["allowance_used_up"]) == (45, 20)
    for minutes, sent in ((15, 0), (46, 5), (61, 5)):
        home.move(minutes=minutes)
        home.run("pull", "route")
        assert reached(home).counts["whatsapp_sent"] == sent
    standing = home.fresh.pacing.standing()
    assert (standing.allowance.a_day, standing.why) == (50, "the sender warms up")


def test_a_level_doubles_after_three_days_that_went_well(make_home: Make) -> None:
    home = make_home(pace="careful")
    contacts = people(home, 30)
    home.run("pull", "route", "reach")
    for _ in range(3):
        home.next_day()
        home.run("record", "pull", "route", "reach")
    assert home.fresh.pacing.standing().allowance.a_day == 100
    assert home.step(contacts[0])["state"] == "delivered"


def test_each_of_two_numbers_rises_by_its_own_people(make_home: Make) -> None:
    other = "+551140000000"
    twilio = {"whatsapp_from": f"MX={SENDER},BR={other}"}
    home = make_home(pace="careful")
    home.settings = home.settings.model_copy(
        update={"twilio": home.settings.twilio.model_copy(update=twilio)}
    )
    home.restart()
    home.sandbox.control("/sender", {"status": None})
    people(home, 9)
    for n in range(3):
        home.contact(phones=[f"+55119876543{n:02}"])
    sids = iter(f"SM{n:032x}" for n in range(99))
    taken = lambda *_: SendAnswer(SendResult.ACCEPTED, sid=next(sids))  # noqa: E731
    with pytest.MonkeyPatch.context() as quiet:
        quiet.setattr(TwilioMessenger, "send", taken)
        home.run("pull", "route", "reach")
        home.move(minutes=61)
        home.run("reach")
    with home.fresh.database.begin() as connection:
        connection.execute(sa.text("UPDATE attempt SET state = 'delivered'"))
        blocked = "UPDATE attempt SET code = '63014' WHERE number LIKE '+5511%'"
        connection.execute(sa.text(blocked))
    home.move(days=3)
    home.contact(phones=["+525599999999"])
    home.run("pull", "route")
    home.fresh.stages.reach()
    levels = home.fresh.pacing.standing().levels
    assert {number: level.people for number, level in levels.items()} == {SENDER: 100, other: 50}


def test_a_level_stays_while_people_mind(make_home: Make) -> None:
    home = make_home(pace="careful")
    people(home, 30, habits={"behaviour": "stop"})
    home.run("pull", "route", "reach")
    for _ in range(3):
        home.next_day()
        home.run("record", "pull", "route", "reach")
    assert home.fresh.pacing.standing().allowance.a_day == 50


@pytest.mark.parametrize("missing", ["list", "limit"])
def test_without_a_told_limit_a_careful_default_counts(
    make_home: Make, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(pace="careful")
    people(home, 1)
    warm(home, 5000)
    if missing == "limit":
        told(home, None)
    else:

        def unsupported(_: object) -> Any:
            raise Unsupported(Call("twilio", "list senders", 404))

        monkeypatch.setattr(TwilioMessenger, "senders", unsupported)
    home.run("pull", "route", "reach")
    standing = home.fresh.pacing.standing()
    assert (standing.allowance.a_day, standing.allowance.an_hour) == (250, 25)


def large(make_home: Make, **habits: Any) -> Home:
    home = make_home(pace="careful")
    people(home, 110, habits=habits)
    warm(home, 5000)
    home.run("pull", "route")
    return home


def test_a_large_run_begins_with_twenty_and_goes_on_when_they_arrived(make_home: Make) -> None:
    home = large(make_home)
    report = reached(home)
    assert (report.counts["whatsapp_sent"], report.skipped["canary"]) == (20, 90)
    assert str(report.note).startswith("canary: 20 messages first")
    home.move(minutes=20)
    assert reached(home).counts["whatsapp_sent"] == 0
    home.move(minutes=15)
    home.run("record", "pull", "route")
    assert reached(home).counts["whatsapp_sent"] == 90


def test_a_bad_canary_asks_a_person(make_home: Make) -> None:
    home = large(make_home, behaviour="not_on_whatsapp")
    reached(home)
    for _ in range(2):
        home.next_day()
        home.run("record", "pull", "route")
        report = reached(home)
        assert report.counts["whatsapp_sent"] == 0
        assert "0 arrived" in str(report.note)
    assert home.fresh.brakes.go(by="boss@example.com") == ["canary"]
    home.run("pull", "route")
    assert reached(home).counts["whatsapp_sent"] == 90


def refusing(code: str) -> Callable[..., SendAnswer]:
    return lambda *_: SendAnswer(SendResult.REJECTED, code=code, http_status=400)


def test_a_canary_that_twilio_refused_asks_a_person(make_home: Make) -> None:
    home = large(make_home)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", refusing("21211"))  # no number, says Twilio
        assert reached(home).skipped["rejected_21211"] == 20
    home.move(minutes=35)
    home.run("record", "pull", "route")
    report = reached(home)
    assert report.counts["whatsapp_sent"] == 0
    assert "of the first 20 messages 0 arrived" in str(report.note)


def test_a_canary_of_which_nothing_left_says_nothing(make_home: Make) -> None:
    home = large(make_home)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", refusing("63016"))  # our own mistake, mended now
        assert reached(home).skipped["rejected_63016"] == 20
    home.move(minutes=35)
    home.run("record", "pull", "route")
    report = reached(home)
    assert (report.counts["whatsapp_sent"], report.skipped["canary"]) == (20, 90)
