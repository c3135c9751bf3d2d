"""What stops sending, in every process at once, and what lets it go on."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from recovery.adapters.db.record.news import apply
from recovery.adapters.twilio.client import TwilioMessenger
from recovery.bootstrap import Recovery
from recovery.domain.brakes import BrakeName, Room
from recovery.errors import AuthorizationLost, BrakeOn, Call, TemporaryFailure, Unsupported
from recovery.services.attention import Kind
from recovery.services.pipeline import Throttle
from recovery.services.ports import SendAnswer, SenderHealth, SendResult
from recovery.services.reach.service import ReachCounts
from recovery.services.record.news import News
from recovery.services.stages import StageReport
from tests.installation import BRAZILIAN, MEXICAN, SENDER, Home

SENDS = "POST .*Messages"
TROUBLE = SendAnswer(SendResult.IN_DOUBT)
FINE = SendAnswer(SendResult.ACCEPTED, sid="SM" + "0" * 32)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses of the sender take no time."""
    monkeypatch.setattr(Throttle, "back_off", lambda _: None)


def people(home: Home, number: int, **more: Any) -> list[str]:
    return [home.contact(phones=[f"+5255{10_000_000 + n}"], **more) for n in range(number)]


def held(recovery: Recovery) -> set[str]:
    return {hold.name for hold in recovery.brakes.holds()}


def reached(home: Home) -> StageReport:
    return home.fresh.stages.reach()


def refusing(code: str) -> Callable[..., SendAnswer]:
    return lambda *_: SendAnswer(SendResult.REJECTED, code=code, http_status=400)


def test_time_outs_and_5xx_open_the_line_and_a_good_trial_closes_it(home: Home) -> None:
    people(home, 20)
    home.run("pull", "route")
    service = home.fresh.reach
    service._group = 2
    home.faults(*["server_error"] * 8, match=SENDS)
    with home.fresh.leases.hold("reach") as lease:
        counts = service.run(home.fresh.template_service.approved(), lease)
    # What was in flight when the eighth answer came is not called back.
    assert (counts.in_doubt, counts.sent + counts.skipped["brake"]) == (8, 12)
    assert counts.skipped["brake"] >= 8
    sent = len(home.messages())
    report = home.run("reach")["reach"]
    assert report.note is not None
    assert report.note.startswith("brake: Twilio does not answer")
    assert len(home.messages()) == sent
    home.move(seconds=61)
    home.run("reach")
    assert len(home.messages()) == 12
    assert held(home.fresh) == set()


def test_a_bad_trial_is_one_message_and_another_minute(home: Home) -> None:
    people(home, 12)
    home.run("pull", "route")
    home.fresh.brakes.heard([TROUBLE] * 8)
    home.move(seconds=61)
    home.faults("server_error", match=SENDS)
    report = home.run("reach")["reach"]
    assert (report.counts["in_doubt"], report.skipped["brake"]) == (1, 11)
    assert home.fresh.brakes.room() is Room.HELD


def test_who_cannot_be_written_to_uses_up_no_trial(home: Home) -> None:
    people(home, 3)  # the first ones in line, in Spanish
    brazilian = home.contact(phones=[BRAZILIAN])
    home.run("pull", "route")
    for content in home.sandbox.twilio.contents.values():
        if content.approval and "_es" in content.friendly_name:
            home.sandbox.control("/approval", {"sid": content.sid, "status": "paused"})
    home.fresh.brakes.heard([TROUBLE] * 8)
    home.move(seconds=61)
    home.run("reach")
    assert home.step(brazilian)["state"] == "accepted"
    assert held(home.fresh) == set()


def test_a_trial_of_a_slow_sender_is_one_message_too(home: Home) -> None:
    people(home, 5)
    home.run("pull", "route")
    home.fresh.brakes.heard([TROUBLE] * 8)
    home.move(seconds=61)
    home.faults(*["server_error"] * 5, match=SENDS)
    service, counts = home.fresh.reach, ReachCounts()
    service._group = 1
    with home.fresh.leases.hold("reach") as lease:
        service.work(service.due(), home.fresh.template_service.approved(), lease, counts)
    assert (counts.in_doubt, counts.skipped["brake"]) == (1, 4)


def test_being_turned_away_over_and_over_opens_the_line_and_consumes_nothing(home: Home) -> None:
    contacts = people(home, 3)
    home.run("pull", "route")
    home.faults(*["rate_limited"] * 40, match=SENDS)
    report = home.run("reach")["reach"]
    assert report.note is not None
    assert home.messages() == []
    home.faults()
    home.move(seconds=61)
    home.run("reach")
    assert {home.step(one)["state"] for one in contacts} == {"accepted"}


def test_two_processes_share_a_line_and_one_alone_tries_it(home: Home) -> None:
    one, other = home.fresh.brakes, home.another().brakes
    one.heard([TROUBLE] * 5)
    other.heard([TROUBLE] * 3)
    assert (one.room(), other.room()) == (Room.HELD, Room.HELD)
    home.move(seconds=61)
    assert (other.room(), one.room()) == (Room.TRIAL, Room.HELD)
    one.heard([FINE])  # it left before: no trial of ours
    assert one.room() is Room.HELD
    other.heard([FINE])
    assert (one.room(), other.room()) == (Room.FREE, Room.FREE)


def test_a_refused_credential_latches_until_a_look_shows_that_it_works(home: Home) -> None:
    people(home, 1)
    home.run("pull", "route")
    lost = AuthorizationLost(Call("Twilio", "send", 401, "20003"))

    def refused(*_: Any) -> SendAnswer:
        raise lost

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", refused)
        assert "RECOVERY_TWILIO__AUTH_TOKEN" in str(reached(home).broken)
        broken.setattr(TwilioMessenger, "senders", refused)
        with pytest.raises(AuthorizationLost):
            reached(home)
    assert held(home.fresh) == {"credential"}
    assert home.run("reach")["reach"].counts["whatsapp_sent"] == 1
    assert held(home.fresh) == set()


def test_a_credential_that_is_refused_to_read_latches_and_goes_on_once_it_works(
    home: Home,
) -> None:
    home.contact()
    home.send()
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(type(home.sandbox.twilio), "token", "another one")
        with pytest.raises(AuthorizationLost):
            home.fresh.stages.record()
    assert [one.kind for one in home.fresh.attention.concerns()] == [Kind.BRAKE]
    assert held(home.fresh) == {"credential"}
    home.run("reach")  # nobody is due
    assert held(home.fresh) == set()


def test_a_look_that_fails_proves_no_credential(home: Home) -> None:
    people(home, 1)
    home.run("pull", "route", "reach")
    home.contact(phones=[BRAZILIAN])
    home.run("pull", "route")
    home.fresh.brakes.put_on(BrakeName.CREDENTIAL, {})

    def down(_: TwilioMessenger) -> Any:
        raise TemporaryFailure(Call("Twilio", "list senders", 503))

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "senders", down)
        assert "RECOVERY_TWILIO__AUTH_TOKEN" in str(reached(home).broken)
    assert home.messages(BRAZILIAN) == []
    home.run("reach")
    assert len(home.messages(BRAZILIAN)) == 1


def test_a_suspended_account_stays_stopped_until_a_person_says_go(home: Home) -> None:
    contact = people(home, 1)[0]
    home.run("pull", "route")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", refusing("63051"))
        assert "63051" in str(reached(home).broken)
    home.move(hours=2)
    home.run("pull", "route")
    assert "63051" in str(reached(home).broken)
    assert home.messages() == []
    with pytest.raises(BrakeOn):
        home.another().brakes.must_let_answers_go()
    assert home.fresh.brakes.go(by="boss@example.com") == ["account"]
    home.run("pull", "route", "reach")  # what was told before the go counts no more
    assert home.step(contact)["state"] == "accepted"
    act = home.one("SELECT * FROM audit WHERE action = 'brake released'")
    assert (act["actor"], act["object"]) == ("boss@example.com", "account")
    assert json.loads(act["detail"])["code"] == "63051"


def test_a_paused_template_stands_still_alone_and_goes_on_once_approved_again(
    home: Home,
) -> None:
    mexican, brazilian = home.contact(phones=[MEXICAN]), home.contact(phones=[BRAZILIAN])
    home.run("pull", "route")
    whole = TwilioMessenger.send

    def send(self: TwilioMessenger, message: Any) -> SendAnswer:
        to_mexico = message.to.startswith("+52")
        return refusing("63041")() if to_mexico else whole(self, message)

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", send)
        report = reached(home)
    assert report.counts["whatsapp_sent"] == 1
    assert "template new_email_first (es)" in str(report.broken)
    assert home.step(brazilian)["state"] == "accepted"
    home.run("route")
    reached(home)  # Twilio's list may still say approved
    assert home.attempts(mexican) == {}
    first = next(c for c in home.fresh.messenger.contents() if "new_email_first_es" in c.name)
    home.sandbox.control("/approval", {"sid": first.sid, "status": "paused"})
    assert reached(home).broken
    home.sandbox.control("/approval", {"sid": first.sid, "status": "approved"})
    home.run("reach")
    assert home.step(mexican)["state"] == "accepted"
    assert held(home.fresh) == set()


def test_a_template_paused_in_the_middle_of_a_batch_keeps_the_next_group_back(home: Home) -> None:
    people(home, 30)
    home.contact(phones=[BRAZILIAN])
    home.run("pull", "route")
    posted: list[str] = []

    def send(_: TwilioMessenger, message: Any) -> SendAnswer:
        posted.append(message.to)
        return refusing("63041")() if message.to.startswith("+52") else FINE

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", send)
        service, counts = home.fresh.reach, ReachCounts()
        service._group = 5
        with home.fresh.leases.hold("reach") as lease:
            service.work(service.due(), home.fresh.template_service.approved(), lease, counts)
    # Of one group the answers are in, and one more may be in flight by then.
    assert counts.skipped["rejected_63041"] <= 10
    assert counts.skipped["template_not_approved"] >= 20
    assert BRAZILIAN in posted
    assert "template:new_email_first/es" in held(home.fresh)


def test_unknown_codes_above_five_per_cent_of_fifty_latch(home: Home) -> None:
    people(home, 55)
    home.run("pull", "route")
    home.sandbox.control("/sender", {"fails_with": [99_999] * 3})
    home.run("reach")
    home.move(hours=10)
    home.run("record")
    report = reached(home)
    assert "3 of 55 messages failed for reasons nobody can explain" in str(report.broken)
    assert held(home.fresh) == {"codes"}


def test_failures_without_any_code_are_nobodys_to_explain(home: Home) -> None:
    people(home, 55)
    home.run("pull", "route", "reach")
    rows = home.rows("SELECT token, sid FROM attempt")
    told = [News(row["sid"], "undelivered", None, home.now, row["token"]) for row in rows]
    with home.fresh.database.begin() as connection:
        apply(connection, told, {}, home.now)
    (hold,) = home.fresh.brakes.latched()
    assert "55 of 55 messages failed" in hold.reason
    assert "most without a code" in hold.reason


def test_people_without_whatsapp_and_metas_own_choices_stop_nothing(home: Home) -> None:
    people(home, 30, habits={"behaviour": "not_on_whatsapp"})
    people(home, 30, habits={"behaviour": "capped"})
    home.send()
    home.move(hours=10)
    home.run("record", "route", "reach")
    assert held(home.fresh) == set()


def test_an_answer_waits_while_the_account_is_suspended_and_leaves_after_a_go(home: Home) -> None:
    contact = people(home, 1)[0]
    home.send()
    phone = "+525510000000"
    home.fresh.brakes.put_on(BrakeName.ACCOUNT, {})
    home.says(phone, "mi nuevo correo es ana.nueva@empresa.com")
    home.run("record")
    sent = len(home.messages(phone))
    assert home.case(contact)["state"] == "confirming"
    home.fresh.brakes.go(by="boss@example.com")
    home.run("record")
    assert len(home.messages(phone)) == sent + 1


@pytest.mark.parametrize("said", [{"quality": "LOW"}, {"status": "OFFLINE"}])
def test_low_quality_stops_all_until_meta_rates_the_sender_better(
    home: Home, said: dict[str, str]
) -> None:
    contact = people(home, 1)[0]
    home.run("pull", "route")
    home.sandbox.control("/sender", said)
    assert "rates our sender poorly" in str(reached(home).broken)
    assert home.messages() == []
    home.sandbox.control("/sender", {"quality": "MEDIUM", "status": "ONLINE"})
    home.run("reach")
    assert home.step(contact)["state"] == "accepted"


def nothing_listed(_: TwilioMessenger) -> tuple[SenderHealth, ...]:
    raise Unsupported(Call("twilio", "list senders"))


def none_of_ours(_: TwilioMessenger) -> tuple[SenderHealth, ...]:
    return (SenderHealth("+5215500000000", "HIGH", None, "ONLINE"),)


def a_word_about_nothing(_: TwilioMessenger) -> tuple[SenderHealth, ...]:
    return (SenderHealth(SENDER, "", None, ""),)


@pytest.mark.parametrize("told", [nothing_listed, none_of_ours, a_word_about_nothing])
def test_a_sender_rated_poorly_is_not_taken_for_better_because_nothing_is_told_of_it(
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    told: Callable[[TwilioMessenger], tuple[SenderHealth, ...]],
) -> None:
    people(home, 1)
    home.run("pull", "route")
    home.sandbox.control("/sender", {"quality": "LOW"})
    reached(home)
    monkeypatch.setattr(TwilioMessenger, "senders", told)
    assert "rates our sender poorly" in str(reached(home).broken)
    assert home.messages() == []


def test_the_accounts_own_limit_is_waited_for_by_name(home: Home) -> None:
    people(home, 2)
    home.run("pull", "route")
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(TwilioMessenger, "send", refusing("63038"))
        home.fresh.stages.reach()
    home.run("route")
    report = home.run("reach")["reach"]
    assert report.note is not None
    assert "the account's limit of messages is reached" in report.note
    home.move(hours=6)
    home.run("pull", "route", "reach")
    assert home.messages() == []
    home.next_day()
    home.run("pull", "route", "reach")
    assert (held(home.fresh), len(home.messages())) == (set(), 2)
