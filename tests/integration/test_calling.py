"""A rep presses the button: whose phone rings, how often, and what is told of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from recovery.adapters.db import cases
from recovery.adapters.db.reps.queue import SqlQueueStore
from recovery.adapters.db.sql import table
from recovery.adapters.db.tables.queue import QueueClaimRow
from recovery.domain.call_check import WhyNot
from recovery.domain.phone_call import CarrierResult, Progress
from recovery.services.calls.store import CallRefused, Hindrance
from tests.calls_world import LINE, MEXICAN_LINE, OTHER, PHONES, REP, Office, calling_office
from tests.installation import BRAZILIAN, MEXICAN, Home


@pytest.fixture
def office(make_home: Callable[..., Home]) -> Iterator[Office]:
    home = make_home(voice_also=frozenset({MEXICAN_LINE}))
    with calling_office(home) as made:
        made.rep()
        yield made


def refused(work: Callable[[], Any]) -> CallRefused:
    with pytest.raises(CallRefused) as caught:
        work()
    return caught.value


def test_the_rep_is_rung_first_and_the_person_after_the_key(office: Office) -> None:
    case = office.due_call()
    office.call(case)
    assert office.rang() == [PHONES[REP]]
    office.pass_time()
    assert office.rang() == [PHONES[REP], MEXICAN]
    state = office.state(case)
    assert (state.progress, state.result) == (Progress.ENDED, CarrierResult.ANSWERED)
    assert state.seconds
    assert state.seconds >= 20
    told = office.home.rows("SELECT kind, actor FROM outcome WHERE kind LIKE 'carrier_%'")
    assert told == [{"kind": "carrier_answered", "actor": REP}]


def test_the_person_is_shown_our_number_of_their_country(office: Office) -> None:
    office.call(office.due_call())
    office.pass_time()
    assert [row["from"] for row in office.home.sandbox.ledger("call")][1] == MEXICAN_LINE
    office.call(office.due_call(BRAZILIAN))
    office.pass_time()
    assert [row["from"] for row in office.home.sandbox.ledger("call")][-1] == LINE


def test_the_context_is_spoken_in_the_reps_language(office: Office) -> None:
    office.call(office.due_call())
    office.pass_time()
    said = office.home.sandbox.ledger("say")[0]
    assert said["language"] == "es-MX"
    assert said["text"].startswith("Llamada a Ana. Allí son las ")
    assert "un correo nuevo" in said["text"]


def test_the_screen_follows_the_call_step_by_step(office: Office) -> None:
    case = office.due_call()
    office.call(case)
    seen = [office.state(case).progress]
    for _ in range(240):
        office.pass_time(seconds=2)
        now = office.state(case).progress
        if now is not seen[-1]:
            seen.append(now)
    assert seen == [
        Progress.YOUR_PHONE_RINGS,
        Progress.PRESS_1,
        Progress.DIALLING,
        Progress.RINGING,
        Progress.TALKING,
        Progress.ENDED,
    ]


@pytest.mark.parametrize(
    ("habits", "result"),
    [
        ({"carrier": "busy"}, CarrierResult.REP_MISSED),
        ({"carrier": "no_answer"}, CarrierResult.REP_MISSED),
        ({"carrier": "failed"}, CarrierResult.REP_MISSED),
        ({"carrier": "voicemail", "after": 5.0}, CarrierResult.REP_DID_NOT_PRESS),
        ({"presses": None}, CarrierResult.REP_DID_NOT_PRESS),
        ({"presses": "2"}, CarrierResult.REP_DID_NOT_PRESS),
    ],
)
def test_without_the_key_nobody_is_dialled_and_the_rep_may_try_again(
    office: Office, habits: dict[str, Any], result: CarrierResult
) -> None:
    case = office.due_call()
    office.reps_phone(**habits)
    office.call(case)
    office.pass_time()
    state = office.state(case)
    assert (state.result, state.may_be_repeated) == (result, True)
    assert MEXICAN not in office.rang()
    office.reps_phone(carrier="answered", presses="1")
    office.call(case)
    office.pass_time()
    assert office.rang().count(MEXICAN) == 1


@pytest.mark.parametrize(
    ("habits", "results"),
    [
        ({"dead_line": True}, {CarrierResult.FAILED}),
        (
            {"picks_up": None},
            {CarrierResult.NO_ANSWER, CarrierResult.BUSY, CarrierResult.VOICEMAIL},
        ),
    ],
)
def test_the_carriers_word_records_itself(
    office: Office, habits: dict[str, Any], results: set[CarrierResult]
) -> None:
    case = office.due_call(**habits)
    office.call(case)
    office.pass_time()
    assert office.state(case).result in results


def test_who_was_dialled_is_not_dialled_again_for_the_same_call(office: Office) -> None:
    case = office.due_call(dead_line=True)
    office.call(case)
    office.pass_time()
    assert refused(lambda: office.call(case)).why is Hindrance.DIALLED
    assert refused(lambda: office.call(case, despite_doubt=True)).why is Hindrance.DIALLED
    assert office.rang().count(MEXICAN) == 1


def test_a_second_press_of_the_button_rings_nobody(office: Office) -> None:
    case = office.due_call()
    office.call(case)
    assert refused(lambda: office.call(case)).why is Hindrance.UNDER_WAY
    assert office.rang() == [PHONES[REP]]


def test_a_rep_on_a_call_is_not_rung_for_another(office: Office) -> None:
    first, second = office.due_calls(MEXICAN, BRAZILIAN)
    office.call(first)
    assert refused(lambda: office.call(second)).why is Hindrance.REP_BUSY
    office.pass_time()
    office.call(second)


def test_outside_hours_the_next_allowed_one_is_offered(office: Office) -> None:
    case = office.due_call()
    office.home.move(hours=14)
    error = refused(lambda: office.call(case))
    assert error.why is WhyNot.OUTSIDE_HOURS
    assert error.until
    assert error.until > office.home.now
    assert "possible from" in str(error)
    office.home.move(to=error.until + timedelta(minutes=1))
    office.call(case)
    assert office.rang() == [PHONES[REP]]


def test_a_call_that_is_not_due_waits(office: Office) -> None:
    contact = office.home.contact(tags=[])
    office.home.send()
    error = refused(lambda: office.call(office.home.case(contact)["id"]))
    assert error.why in (WhyNot.NOT_DUE, WhyNot.OUTSIDE_HOURS)
    assert office.rang() == []


def test_after_a_stop_nobody_is_rung(office: Office) -> None:
    case = office.due_call()
    office.home.says(MEXICAN, "STOP")
    office.home.run("record")
    error = refused(lambda: office.call(case))
    assert error.why in (WhyNot.STOPPED, WhyNot.NOT_QUEUED, WhyNot.NOT_ACTIVE)
    assert office.rang() == []


def test_a_stop_between_the_reps_phone_and_the_key_is_heeded(office: Office) -> None:
    case = office.due_call()
    office.reps_phone(after=15.0)
    office.call(case)
    office.home.says(MEXICAN, "STOP")
    office.home.run("record")
    office.pass_time()
    assert office.rang() == [PHONES[REP]]
    assert office.state(case).result is CarrierResult.REP_DID_NOT_PRESS
    assert office.state(case).code
    assert office.home.sandbox.ledger("say")[-1]["language"] == "es-MX"


def test_the_hour_is_looked_at_again_when_the_key_is_pressed(office: Office) -> None:
    case = office.due_call()
    # In Mexico City the day's hours end at 19:00, which is 1:00 UTC.
    closing = office.home.now.replace(hour=0, minute=59, second=58) + timedelta(days=1)
    office.home.move(to=closing)
    office.call(case)
    office.pass_time(seconds=30)
    assert office.rang() == [PHONES[REP]]
    assert office.state(case).code == "outside_hours"


def test_a_case_that_somebody_else_holds_is_not_called(office: Office) -> None:
    office.rep(OTHER)
    case = office.due_call()
    until = office.home.now + timedelta(minutes=10)
    with office.home.fresh.database.begin() as connection:
        held = {"case_id": case, "rep": OTHER, "taken_at": office.home.now, "until": until}
        connection.execute(table(QueueClaimRow).insert().values(**held))
    assert refused(lambda: office.call(case)).why is Hindrance.NOT_YOURS
    office.call(case, rep=OTHER)
    assert office.rang() == [PHONES[OTHER]]
    office.pass_time()
    assert (
        SqlQueueStore(office.home.fresh.database, office.home.fresh.countries).owes(OTHER) == case
    )


def test_a_rep_without_a_phone_dials_by_hand(office: Office) -> None:
    office.rep(OTHER, phone=None)
    case = office.due_call()
    error = refused(lambda: office.call(case, rep=OTHER))
    assert error.why is Hindrance.NO_LINE
    assert "by hand" in str(error)


def test_a_number_is_called_once_a_day_over_all_cases(office: Office) -> None:
    case = office.due_call()
    office.call(case)
    office.pass_time()
    with office.home.fresh.database.begin() as connection:
        # The same number in another case, as an office's is.
        connection.execute(cases.ATTEMPT.update().values(state="done", ended_at=office.home.now))
        row = dict(connection.execute(cases.ATTEMPT.select()).mappings().one())
        del row["id"]
        more = {"step": "c2", "step_key": "x", "token": "y", "state": "queued"}
        connection.execute(cases.ATTEMPT.insert().values({**row, **more, "ended_at": None}))
    error = refused(lambda: office.call(case))
    assert error.why is WhyNot.CALLED_TODAY
    assert error.until
    assert error.until.date() > office.home.now.date()


def test_the_carriers_refusal_is_told_and_rings_nobody(office: Office) -> None:
    case = office.due_call()
    office.home.faults("rate_limited", match="POST .*/Calls.json")
    assert refused(lambda: office.call(case)).why is Hindrance.LINES_BUSY
    office.call(case)
    assert office.rang() == [PHONES[REP]]


def test_a_line_that_is_full_is_not_waited_for(office: Office) -> None:
    home = office.home
    twilio = home.settings.twilio.model_copy(update={"calls_per_second": 0.05})
    home.settings = home.settings.model_copy(update={"twilio": twilio})
    home.restart()
    first, second = office.due_calls(MEXICAN, BRAZILIAN)
    office.rep(OTHER)
    office.call(first)
    assert refused(lambda: office.call(second, rep=OTHER)).why is Hindrance.LINES_BUSY
    assert home.rows("SELECT id FROM placed_call WHERE phase = 'intended'") == []


def test_a_call_that_the_carrier_queues_is_taken_back(office: Office) -> None:
    office.home.sandbox.world.options = replace(
        office.home.sandbox.world.options, voice_per_second=0.0005
    )
    ahead, case = office.due_calls(MEXICAN, BRAZILIAN)
    office.rep(OTHER)
    office.call(ahead)
    office.call(case, rep=OTHER)
    office.pass_time(minutes=10)
    office.home.run("record")
    assert office.state(case).result is CarrierResult.CANCELED
    assert office.state(ahead).result is CarrierResult.ANSWERED
    office.pass_time(hours=3)
    assert BRAZILIAN not in office.rang()
    assert [row["status"] for row in office.home.sandbox.ledger("call_ended")][-1] != "in-progress"


def test_the_rep_can_hang_up(office: Office) -> None:
    case = office.due_call()
    token = office.call(case)
    office.home.fresh.calling.hang_up(OTHER, token)
    assert office.state(case).progress is Progress.YOUR_PHONE_RINGS
    office.home.fresh.calling.hang_up(REP, token)
    office.pass_time()
    assert office.state(case).result is CarrierResult.CANCELED
    assert office.rang() == [PHONES[REP]]
