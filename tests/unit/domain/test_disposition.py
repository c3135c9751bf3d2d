"""A firm's own list of dispositions: flags are the meaning, and nonsense is refused."""

import pytest
from pydantic import ValidationError

from recovery.adapters.files.policy_file import load_policy
from recovery.domain.case import Disposition
from recovery.domain.disposition import Asks, Choice, Choices, Flag, checked

LISTED = load_policy().dispositions


def a_choice(*flags: Flag, code: str = "mine") -> Choice:
    return Choice(code=code, es="x", pt="x", en="x", flags=frozenset(flags))


def test_the_shipped_list_has_nine_keys_and_means_all_that_routing_knows() -> None:
    choices = Choices(checked(LISTED))
    assert {one.digit for one in choices} == {None, *range(1, 10)}
    assert {choice.means for choice in choices} == set(Disposition) - {Disposition.DONE_IN_KEAP}


@pytest.mark.parametrize(
    "flags",
    [
        (),
        (Flag.UNREACHABLE, Flag.REFUSED),
        (Flag.HUMAN_ANSWERED, Flag.CONNECTED, Flag.CONSENT, Flag.CALLBACK),
        (Flag.HUMAN_ANSWERED, Flag.REFUSED),
        (Flag.CONNECTED,),
        (Flag.HUMAN_ANSWERED, Flag.CONNECTED, Flag.WRONG_NUMBER),
    ],
)
def test_flags_that_contradict_each_other_are_refused(flags: tuple[Flag, ...]) -> None:
    with pytest.raises(ValidationError):
        a_choice(*flags)


def test_a_firms_own_words_mean_what_their_flags_say() -> None:
    gatekeeper = a_choice(Flag.HUMAN_ANSWERED)
    assert gatekeeper.means is Disposition.NO_ANSWER
    agreed = a_choice(Flag.HUMAN_ANSWERED, Flag.CONNECTED, Flag.CONSENT)
    assert (agreed.means, agreed.asks) == (Disposition.CONSENT, Asks.WORDS)
    never = a_choice(Flag.HUMAN_ANSWERED, Flag.CONNECTED, Flag.DO_NOT_CONTACT)
    assert never.silences


def test_a_list_needs_a_way_to_say_nobody_was_there_and_never_again() -> None:
    with pytest.raises(ValueError, match="do_not_contact"):
        checked((a_choice(Flag.UNREACHABLE),))
    twice = [one.model_copy(update={"code": "same"}) for one in LISTED[:2]]
    with pytest.raises(ValueError, match="same"):
        checked((*LISTED, *twice))
