"""In which lane somebody stands, and in what order."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from recovery.domain.lane import Lane, Place, Signs, Wants, lane_of, promise, urgency

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
SIGNS = st.builds(
    Signs,
    score=st.floats(0, 1e6),
    calls=st.integers(0, 6),
    has_read=st.booleans(),
    has_replied=st.booleans(),
    asked_by_a_person=st.booleans(),
)


@given(SIGNS, st.floats(0.01, 1e6))  # a cent: less is beneath what a float tells apart
def test_more_worth_never_promises_less(signs: Signs, more: float) -> None:
    richer = Signs(signs.score + more, signs.calls, signs.has_read, signs.has_replied)
    same = Signs(signs.score, signs.calls, signs.has_read, signs.has_replied)
    assert promise(richer) >= promise(same)


@given(SIGNS)
def test_a_call_nobody_answered_makes_the_next_less_promising(signs: Signs) -> None:
    tried = Signs(signs.score, signs.calls + 1, signs.has_read, signs.has_replied)
    same = Signs(signs.score, signs.calls, signs.has_read, signs.has_replied)
    assert promise(tried) < promise(same)


@given(SIGNS, SIGNS, st.integers(1, 10_000))
def test_of_two_who_asked_the_longer_waiting_comes_first(
    one: Signs, other: Signs, minutes: int
) -> None:
    earlier = NOW - timedelta(minutes=minutes)
    for wants in (Wants.CALLBACK, Wants.REPLY, Wants.INTAKE):
        assert urgency(wants, earlier, one) > urgency(wants, NOW, other)


@given(st.sampled_from(Wants), st.integers(-5000, 5000), st.booleans())
def test_everybody_is_in_one_lane_and_nobody_early(
    wants: Wants, minutes: int, is_open: bool
) -> None:
    lane = lane_of(wants, NOW + timedelta(minutes=minutes), NOW, is_open=is_open)
    if wants is Wants.INTAKE:
        assert lane is Lane.WAITING
    elif minutes > 0:
        assert lane is Lane.LATER
    if lane is Lane.NOW:
        assert is_open


def test_a_place_is_found_again_by_its_key() -> None:
    place = Place(("America/Manaus", "America/Rio_Branco"), "BR", "BR-AM")
    assert Place.of(place.key) == place
    assert Place.of(Place(()).key) == Place(())
    assert place.name == "Manaus"
