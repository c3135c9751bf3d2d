"""What follows from an answer: the whole table, and that only certainty acts by itself."""

import pytest

from recovery.domain.case import CaseState
from recovery.domain.email_status import OPT_IN_WORKS, EmailStatus
from recovery.domain.policy import Goal
from recovery.domain.reaction import Effect, Reaction, Talk, react
from recovery.domain.reply import ReplyKind, Understanding
from tests.builders import CAREFUL

S, E, K, G = EmailStatus, Effect, ReplyKind, Goal
STATUSES = [s for s in S if s.number and s.number > 4]


def _react(kind, *, goal=G.NEW_EMAIL, state=CaseState.OPEN, status=S.HARD_BOUNCE, **more):
    said = {k: more.pop(k) for k in ("email", "correction", "at") if k in more}
    return react(Understanding(kind, **said), Talk(state, goal, status, **more))


@pytest.mark.parametrize("goal", list(Goal))
@pytest.mark.parametrize("state", list(CaseState))
@pytest.mark.parametrize(("kind", "effect"), [(K.STOP, E.STOP), (K.WRONG_PERSON, E.DROP_NUMBER)])
def test_a_stop_and_a_wrong_number_are_obeyed_in_every_talk_without_a_word(
    kind, effect, state, goal
):
    assert _react(kind, goal=goal, state=state) == Reaction(effect)


@pytest.mark.parametrize("goal", list(Goal))
def test_what_is_not_understood_is_for_a_person(goal):
    assert _react(K.OTHER, goal=goal) == Reaction(E.ENGAGE)


@pytest.mark.parametrize("goal", [g for g in Goal if g is not G.COMPLAINT])
def test_a_new_address_is_asked_about_before_it_is_taken(goal):
    seen = _react(K.NEW_EMAIL, goal=goal, email="ana@firm.example")
    assert seen == Reaction(E.ASK_TO_CONFIRM, "confirm_email", "ana@firm.example")
    typo = _react(K.NEW_EMAIL, goal=goal, email="ana@gmial.com", correction="ana@gmail.com")
    assert typo == Reaction(E.ASK_TO_CONFIRM, "correct_email", "ana@gmail.com")


@pytest.mark.parametrize("email", [None, "", "ana@", "info@firm.example", "noreply@firm.example"])
def test_no_address_a_broken_one_and_a_role_are_for_a_person(email):
    assert _react(K.NEW_EMAIL, email=email) == Reaction(E.ENGAGE)


@pytest.mark.parametrize("goal", [g for g in Goal if g is not G.COMPLAINT])
def test_a_yes_to_the_address_takes_it_and_a_no_asks_again(goal):
    pending = {"state": CaseState.CONFIRMING, "pending_email": "ana@firm.example", "goal": goal}
    assert _react(K.CONFIRM, **pending) == Reaction(
        E.TAKE_ADDRESS, "thanks_recovered", "ana@firm.example"
    )
    assert _react(K.DECLINE, **pending) == Reaction(E.ASK_ADDRESS, "ask_email")


def test_one_tap_corrects_a_typo_that_was_asked_about():
    asked = {"asked_email": "ana@gmail.com"}
    assert _react(K.CONFIRM, payload="yes:1", **asked) == Reaction(
        E.TAKE_ADDRESS, "thanks_recovered", "ana@gmail.com"
    )
    assert _react(K.CONFIRM, payload="upd:1", **asked) == Reaction(E.ASK_ADDRESS, "ask_email")
    assert _react(K.DECLINE, **asked) == Reaction(E.ASK_ADDRESS, "ask_email")


def test_a_yes_without_an_address_pending_takes_none():
    assert _react(K.CONFIRM, state=CaseState.CONFIRMING).effect is E.ASK_ADDRESS


@pytest.mark.parametrize("goal", [G.NEW_EMAIL, G.OTHER_EMAIL])
def test_a_yes_to_the_first_message_is_followed_by_the_question_for_the_address(goal):
    assert _react(K.CONFIRM, goal=goal) == Reaction(E.ASK_ADDRESS, "ask_email")


@pytest.mark.parametrize(
    ("payload", "reaction"),
    [
        ("upd:3", Reaction(E.ASK_ADDRESS, "ask_email")),
        ("yes:3", Reaction(E.AWAIT_KEAP, "thanks_works")),
        (None, Reaction(E.AWAIT_KEAP, "thanks_works")),
    ],
)
def test_an_address_that_works_is_believed_once_keap_shows_it(payload, reaction):
    talk = {"goal": G.ADDRESS_WORKS, "status": S.BOUNCE}
    assert _react(K.CONFIRM, payload=payload, **talk) == reaction
    assert _react(K.DECLINE, **talk) == Reaction(E.ASK_ADDRESS, "ask_email")


@pytest.mark.parametrize("form", [True, False], ids=["form", "no form"])
@pytest.mark.parametrize("goal", [G.FRESH_CONSENT, G.LIST_CONSENT, G.CONFIRM_LINK])
@pytest.mark.parametrize("status", STATUSES)
def test_a_fresh_consent_goes_the_way_that_keap_allows(status, goal, form):
    reaction = _react(K.CONFIRM, goal=goal, status=status, has_confirm_url=form)
    if status in OPT_IN_WORKS:
        assert reaction == Reaction(E.OPT_IN, "thanks_waiting")
    elif form:
        assert reaction == Reaction(E.AWAIT_KEAP, "send_confirm_link")
    else:
        assert reaction == Reaction(E.ASK_ADDRESS, "ask_email")


@pytest.mark.parametrize("status", STATUSES)
def test_opt_in_by_api_is_never_tried_where_keap_refuses_it(status):
    for goal in Goal:
        effect = _react(K.CONFIRM, goal=goal, status=status, has_confirm_url=True).effect
        assert effect is not E.OPT_IN or status in OPT_IN_WORKS


@pytest.mark.parametrize("goal", [g for g in Goal if g not in (G.ADDRESS_WORKS, G.COMPLAINT)])
def test_a_no_is_for_a_person_and_no_stop(goal):
    assert _react(K.DECLINE, goal=goal) == Reaction(E.ENGAGE)


@pytest.mark.parametrize(
    ("at", "answer"), [(None, "will_call"), ("2026-11-25T17:00", "will_call_at")]
)
def test_a_wish_to_be_called_is_promised(at, answer):
    assert _react(K.CALL_ME, at=at) == Reaction(E.CALL, answer)


@pytest.mark.parametrize("status", [S.FEEDBACK, S.SPAM])
@pytest.mark.parametrize("state", [CaseState.OPEN, CaseState.CONFIRMING])
@pytest.mark.parametrize("kind", list(ReplyKind))
def test_who_complained_gets_no_automated_word(kind, state, status):
    reaction = _react(
        kind,
        goal=CAREFUL.goal(status),
        status=status,
        state=state,
        email="ana@firm.example",
        pending_email="ana@firm.example",
        has_confirm_url=True,
    )
    assert reaction.answer is None
    assert reaction.effect in (E.STOP, E.DROP_NUMBER, E.CALL, E.ENGAGE)


def test_every_kind_of_reply_has_a_reaction_in_every_talk():
    for kind in ReplyKind:
        for goal in Goal:
            for state in CaseState:
                for status in S:
                    assert isinstance(_react(kind, goal=goal, state=state, status=status), Reaction)
