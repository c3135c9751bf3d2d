"""What the provider says of a message: late, early and repeated news never take it back."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.domain.case import AttemptState
from recovery.domain.delivery import follows, state_of

A = AttemptState
WORDS = {
    "accepted": A.ACCEPTED,
    "scheduled": A.ACCEPTED,
    "queued": A.ACCEPTED,
    "sending": A.ACCEPTED,
    "sent": A.SENT,
    "delivered": A.DELIVERED,
    "partially_delivered": A.DELIVERED,
    "read": A.READ,
    "undelivered": A.FAILED,
    "failed": A.FAILED,
    "canceled": A.FAILED,
}
NOT_A_MESSAGES = (A.QUEUED, A.DONE, A.LAPSED, A.CANCELLED, A.REJECTED)


@pytest.mark.parametrize(("word", "state"), WORDS.items())
def test_each_word_of_the_provider_has_a_state(word, state):
    assert state_of(word) is state
    assert state_of(word.upper()) is state


@pytest.mark.parametrize("word", ["", "received", "receiving", "lost"])
def test_other_words_change_nothing(word):
    assert state_of(word) is None


def _told(states):
    state = A.SENDING
    for one in states:
        if follows(one, state):
            state = one
    return state


@pytest.mark.parametrize("order", list(permutations([A.ACCEPTED, A.SENT, A.DELIVERED, A.READ])))
def test_a_read_message_is_read_in_whatever_order_the_news_come(order):
    assert _told(order) is A.READ
    assert _told(order + order) is A.READ


@pytest.mark.parametrize("order", list(permutations([A.ACCEPTED, A.SENT, A.FAILED])))
def test_a_failed_message_has_failed_in_whatever_order(order):
    assert _told(order) is A.FAILED


@pytest.mark.parametrize("order", list(permutations([A.SENT, A.FAILED, A.DELIVERED])))
def test_what_arrived_has_arrived_whatever_else_was_said(order):
    assert _told(order) is A.DELIVERED


@pytest.mark.parametrize("old", [A.INTENDED, A.SENDING, A.IN_DOUBT, A.ABSENT])
@pytest.mark.parametrize("new", sorted(set(WORDS.values())))
def test_news_settle_every_doubt_even_one_given_up(new, old):
    assert follows(new, old)


@pytest.mark.parametrize("old", NOT_A_MESSAGES)
@pytest.mark.parametrize("new", sorted(set(WORDS.values())))
def test_what_is_no_message_on_its_way_is_not_moved(new, old):
    assert not follows(new, old)


@given(st.lists(st.sampled_from(sorted(WORDS))))
def test_the_end_does_not_depend_on_the_order(words):
    states = [state for word in words if (state := state_of(word))]
    assert _told(states) is _told(reversed(states)) is _told(sorted(states))
