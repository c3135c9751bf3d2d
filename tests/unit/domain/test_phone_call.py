"""A placed call, whatever the carrier says of its legs and in whatever order."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations, product

import pytest

from recovery.domain.phone_call import (
    CarrierResult,
    LegStatus,
    Phase,
    PlacedCall,
    Progress,
    leg_follows,
    leg_status,
)

AT = datetime(2026, 11, 24, 16, tzinfo=UTC)
S = LegStatus
WORDS = ("initiated", "ringing", "in-progress", "completed")


def told(words: tuple[str, ...]) -> LegStatus | None:
    """What stands after these words."""
    status: LegStatus | None = None
    for word in words:
        new = leg_status(word)
        assert new
        if leg_follows(new, status):
            status = new
    return status


@pytest.mark.parametrize("order", list(permutations(WORDS)))
def test_every_order_of_words_ends_alike(order: tuple[str, ...]) -> None:
    assert told(order) is S.COMPLETED
    assert told(order + order) is S.COMPLETED


def test_the_first_end_stands() -> None:
    assert told(("busy", "completed", "ringing")) is S.BUSY


def test_unknown_words_mean_nothing() -> None:
    assert leg_status("teleported") is None


@pytest.mark.parametrize(
    ("contact", "by", "result"),
    [
        (S.COMPLETED, None, CarrierResult.ANSWERED),
        (S.COMPLETED, "human", CarrierResult.ANSWERED),
        (S.COMPLETED, "unknown", CarrierResult.ANSWERED),
        (S.COMPLETED, "machine_start", CarrierResult.VOICEMAIL),
        (S.COMPLETED, "fax", CarrierResult.VOICEMAIL),
        (S.BUSY, None, CarrierResult.BUSY),
        (S.NO_ANSWER, None, CarrierResult.NO_ANSWER),
        (S.FAILED, None, CarrierResult.FAILED),
        (S.CANCELED, None, CarrierResult.CANCELED),
        (S.RINGING, None, None),
        (None, None, None),
    ],
)
def test_the_result_is_the_persons_leg(
    contact: LegStatus | None, by: str | None, result: CarrierResult | None
) -> None:
    call = PlacedCall(Phase.PLACED, S.COMPLETED, contact, AT, by)
    assert call.result is result
    assert not call.may_be_repeated


@pytest.mark.parametrize(
    ("rep", "result"),
    [
        (S.BUSY, CarrierResult.REP_MISSED),
        (S.NO_ANSWER, CarrierResult.REP_MISSED),
        (S.FAILED, CarrierResult.REP_MISSED),
        (S.CANCELED, CarrierResult.CANCELED),
        (S.COMPLETED, CarrierResult.REP_DID_NOT_PRESS),
    ],
)
def test_without_the_key_it_may_be_repeated(rep: LegStatus, result: CarrierResult) -> None:
    call = PlacedCall(Phase.PLACED, rep)
    assert (call.result, call.may_be_repeated) == (result, True)


def test_what_was_dialled_or_is_doubtful_is_never_repeated() -> None:
    statuses = [None, *LegStatus]
    for phase, rep, contact, dialled, up in product(
        Phase, statuses, statuses, (None, AT), (False, True)
    ):
        call = PlacedCall(phase, rep, contact, dialled, given_up=up)
        if dialled or phase is Phase.ABSENT or not call.is_over:
            assert not call.may_be_repeated
        assert (call.progress is Progress.ENDED) is call.is_over


def test_a_call_given_up_is_unknown_until_somebody_tells() -> None:
    call = PlacedCall(Phase.PLACED, S.COMPLETED, None, AT, given_up=True)
    assert call.result is CarrierResult.UNKNOWN
    assert replace(call, contact=S.COMPLETED).result is CarrierResult.ANSWERED


def test_the_carriers_word_suggests_what_a_rep_will_say() -> None:
    assert CarrierResult.ANSWERED.suggests is None
    assert CarrierResult.BUSY.suggests == "busy"
