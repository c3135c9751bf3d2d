"""Allowed hours: the firm's, narrowed by the country's, in every zone a person may be in."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recovery.adapters.files.countries import load_countries
from recovery.domain.calendar import PartOfDay, is_holiday, is_working_day
from recovery.domain.country import CountryRules, RegionRules
from recovery.domain.hours import NoAllowedHour, Window, allowed_now, next_allowed

RULES = load_countries()


WEEKDAYS, SATURDAY = Window(time(9), time(19)), Window(time(9), time(13))


@dataclass(frozen=True)
class Week:
    weekdays: Window = WEEKDAYS
    saturday: Window | None = SATURDAY
    sunday: Window | None = None
    holidays: bool = True


SHIPPED = Week()
SAO_PAULO, MADRID, BOGOTA = "America/Sao_Paulo", "Europe/Madrid", "America/Bogota"


def _at(text, zone):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _where(zones, country, state=None, hours=SHIPPED):
    zones = (zones,) if isinstance(zones, str) else zones
    return {
        "zones": zones,
        "country": country,
        "subdivision": state,
        "rules": RULES.get(country),
        "hours": hours,
    }


def _from(day):
    return {"not_before_day": date.fromisoformat(day)}


@pytest.mark.parametrize(
    ("local", "zone", "country", "state", "allowed"),
    [
        ("2026-11-24 08:59:59", SAO_PAULO, "BR", None, False),
        ("2026-11-24 09:00", SAO_PAULO, "BR", None, True),
        ("2026-11-24 18:59:59", SAO_PAULO, "BR", None, True),
        ("2026-11-24 19:00", SAO_PAULO, "BR", None, False),
        ("2026-11-28 12:59", SAO_PAULO, "BR", None, True),
        ("2026-11-28 13:00", SAO_PAULO, "BR", None, False),
        ("2026-11-29 10:00", SAO_PAULO, "BR", None, False),
        ("2026-11-20 10:00", SAO_PAULO, "BR", None, False),  # Consciência Negra
        ("2026-07-09 10:00", SAO_PAULO, "BR", "SP", False),  # a holiday of the state
        # Rio de Janeiro and Ceará: Monday to Friday 8-18
        ("2026-11-24 17:59", SAO_PAULO, "BR", "BR-RJ", True),
        ("2026-11-24 18:00", SAO_PAULO, "BR", "BR-RJ", False),
        ("2026-11-24 08:30", SAO_PAULO, "BR", "RJ", False),
        ("2026-11-28 10:00", SAO_PAULO, "BR", "RJ", False),
        ("2026-11-28 10:00", "America/Fortaleza", "BR", "CE", False),
        # Colombia: 7-19 and Saturday 8-15 do not widen the firm's 9-19 and 9-13
        ("2026-11-24 07:30", BOGOTA, "CO", None, False),
        ("2026-11-24 18:30", BOGOTA, "CO", None, True),
        ("2026-11-28 14:00", BOGOTA, "CO", None, False),
        ("2026-11-16 10:00", BOGOTA, "CO", None, False),
        ("2026-11-24 10:00", "America/Mexico_City", "MX", None, True),
        ("2026-11-24 10:00", "America/Mexico_City", None, None, True),
    ],
)
def test_an_hour_is_allowed_by_firm_and_country(local, zone, country, state, allowed):
    assert allowed_now(_at(local, zone), **_where(zone, country, state)) is allowed


def test_a_firm_that_works_longer_is_held_to_the_countrys_hours():
    always = Week(Window(time(6), time(23)), Window(time(6), time(23)), Window(time(6), time(23)))
    week = _where(BOGOTA, "CO", hours=always)
    hours = [h for h in range(24) if allowed_now(_at(f"2026-11-24 {h:02}:00", BOGOTA), **week)]
    saturday = [h for h in range(24) if allowed_now(_at(f"2026-11-28 {h:02}:00", BOGOTA), **week)]
    sunday = [h for h in range(24) if allowed_now(_at(f"2026-11-29 {h:02}:00", BOGOTA), **week)]
    assert (hours, saturday, sunday) == (list(range(7, 19)), list(range(8, 15)), [])


def test_a_country_whose_law_keeps_holidays_keeps_them_whatever_the_firm_says():
    careless = Week(holidays=False)
    monday = "2026-11-16 10:00"  # Independencia de Cartagena; Revolución in Mexico
    mexico = "America/Mexico_City"
    assert not allowed_now(_at(monday, BOGOTA), **_where(BOGOTA, "CO", hours=careless))
    assert allowed_now(_at(monday, mexico), **_where(mexico, "MX", hours=careless))


def test_without_a_zone_no_hour_is_allowed():
    where = _where((), "MX")
    assert not allowed_now(_at("2026-11-24 12:00", BOGOTA), **where)
    with pytest.raises(NoAllowedHour):
        next_allowed(_at("2026-11-24 12:00", BOGOTA), **where)


@pytest.mark.parametrize(
    ("now", "zones", "country", "more", "expected"),
    [
        ("2026-11-24 10:00", MADRID, "ES", {}, "2026-11-24 10:00"),
        ("2026-11-24 03:00", MADRID, "ES", {}, "2026-11-24 09:00"),
        ("2026-11-24 19:00", MADRID, "ES", {}, "2026-11-25 09:00"),
        ("2026-11-27 20:00", MADRID, "ES", {}, "2026-11-28 09:00"),
        ("2026-11-28 13:00", MADRID, "ES", {}, "2026-11-30 09:00"),
        ("2026-12-24 20:00", MADRID, "ES", {}, "2026-12-26 09:00"),
        # where two zones remain it is the later of the two openings
        ("2026-11-24 03:00", (MADRID, "Atlantic/Canary"), "ES", {}, "2026-11-24 10:00"),
        ("2026-11-24 18:59", (MADRID, "Atlantic/Canary"), "ES", {}, "2026-11-24 18:59"),
        ("2026-11-24 19:30", (MADRID, "Atlantic/Canary"), "ES", {}, "2026-11-25 10:00"),
        # parts of the day: only on working days
        ("2026-11-24 10:00", MADRID, "ES", {"part": PartOfDay.AFTERNOON}, "2026-11-24 12:00"),
        ("2026-11-24 16:30", MADRID, "ES", {"part": PartOfDay.AFTERNOON}, "2026-11-25 12:00"),
        ("2026-11-27 12:00", MADRID, "ES", {"part": PartOfDay.MORNING}, "2026-11-30 09:00"),
        ("2026-12-24 20:00", MADRID, "ES", {"part": PartOfDay.EVENING}, "2026-12-28 16:00"),
        ("2026-11-24 10:00", MADRID, "ES", _from("2026-11-26"), "2026-11-26 09:00"),
        ("2026-11-24 10:00", MADRID, "ES", _from("2026-11-20"), "2026-11-24 10:00"),
        ("2026-11-24 10:00", MADRID, "ES", _from("2027-06-01"), "2027-06-01 09:00"),
    ],
)
def test_the_next_allowed_moment(now, zones, country, more, expected):
    found = next_allowed(_at(now, MADRID), **_where(zones, country), **more)
    assert found == _at(expected, MADRID)
    assert found.tzinfo is UTC


def test_a_part_of_the_day_that_far_zones_do_not_share_gives_way_to_the_hours():
    coasts = ("America/New_York", "America/Los_Angeles")
    found = next_allowed(
        _at("2026-11-24 06:00", coasts[0]), **_where(coasts, "US"), part=PartOfDay.MORNING
    )
    assert found == _at("2026-11-24 12:00", coasts[0])


def test_a_part_that_the_hours_leave_out_gives_way_to_the_hours():
    mornings = Week(Window(time(9), time(12)))
    found = next_allowed(
        _at("2026-11-24 06:00", MADRID),
        **_where(MADRID, "ES", hours=mornings),
        part=PartOfDay.EVENING,
    )
    assert found == _at("2026-11-24 09:00", MADRID)


def test_hours_that_never_come_are_an_error_that_says_where_to_look():
    opposite = ("Pacific/Auckland", "Europe/Madrid")
    with pytest.raises(NoAllowedHour, match="hours"):
        next_allowed(_at("2026-11-24 06:00", MADRID), **_where(opposite, None))


@pytest.mark.parametrize(
    ("zone", "now", "opens", "expected"),
    [
        # 2:00 to 3:00 does not exist: the clock jumps at 1:00 UTC
        (MADRID, "2026-03-28T23:30", time(2, 30), "2026-03-29T01:00"),
        (MADRID, "2026-03-28T23:30", time(9), "2026-03-29T07:00"),
        # 2:00 to 3:00 exists twice
        (MADRID, "2026-10-24T22:30", time(2, 30), "2026-10-25T00:30"),
        (MADRID, "2026-10-25T01:10", time(2, 30), "2026-10-25T01:30"),
        (MADRID, "2026-10-24T22:30", time(9), "2026-10-25T08:00"),
        # midnight itself does not exist in Santiago
        ("America/Santiago", "2026-09-06T03:00", time(0), "2026-09-06T04:00"),
    ],
)
def test_when_the_clock_changes_the_first_moment_really_exists(zone, now, opens, expected):
    day = Window(opens, time(23))
    found = next_allowed(
        datetime.fromisoformat(now).replace(tzinfo=UTC),
        zones=(zone,),
        country=None,
        rules=None,
        hours=Week(day, day, day, holidays=False),
    )
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


ZONES = st.lists(
    st.sampled_from([MADRID, "Atlantic/Canary", SAO_PAULO, "America/Tijuana", "America/Santiago"]),
    min_size=1,
    max_size=2,
    unique=True,
).map(tuple)
MOMENTS = st.integers(0, 2 * 365 * 86400).map(
    lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
)
PLACES = st.sampled_from([("BR", None), ("BR", "RJ"), ("CO", None), ("ES", "CN"), (None, None)])


@given(MOMENTS, ZONES, PLACES)
def test_no_hour_outside_the_window_is_allowed_in_any_zone(now, zones, place):
    country, state = place
    if not allowed_now(now, **_where(zones, country, state)):
        return
    for zone in zones:
        local = now.astimezone(ZoneInfo(zone))
        closes = 13 if local.weekday() == 5 else 18 if state == "RJ" else 19
        assert 9 <= local.hour < closes
        assert local.weekday() < (5 if state == "RJ" else 6)
        assert not is_holiday(local.date(), country, state)


@settings(max_examples=60, deadline=None)
@given(MOMENTS, ZONES, PLACES, st.sampled_from([None, *PartOfDay]))
def test_the_next_allowed_moment_is_allowed_and_no_earlier_one_is(now, zones, place, part):
    where = _where(zones, *place)
    try:
        found = next_allowed(now, **where, part=part)
    except NoAllowedHour:
        return
    assert found >= now
    assert allowed_now(found, **where)
    assert not [each for each in _quarters(now, found) if _wanted(each, where, part)]


def _quarters(now, found):
    """Every 15 minutes from `now` to just before `found`, and the very last moment before it."""
    count = min(int((found - now) / timedelta(minutes=15)), 800)
    moments = [now + timedelta(minutes=15) * n for n in range(count)]
    return [*moments, found - timedelta(microseconds=1)] if found > now else []


def _wanted(moment, where, part):
    if not allowed_now(moment, **where):
        return False
    locals_ = [moment.astimezone(ZoneInfo(zone)) for zone in where["zones"]]
    return part is None or all(
        part.window.has(local.time())
        and is_working_day(local.date(), where["country"], where["subdivision"])
        for local in locals_
    )


def test_a_states_rule_is_found_by_the_address_else_by_the_area_code():
    brazil = RULES.get("BR")
    assert brazil.region_of("+5521987654321") == "RJ"
    assert brazil.region_of("+5521987654321", region_code="BR-CE") == "CE"
    assert brazil.region_of("+5531987654321") is None
    assert brazil.within("SP").registry_binds == {"call", "whatsapp"}
    assert brazil.within("MG") is brazil


def test_a_states_closed_day_closes_the_countrys():
    region = RegionRules(saturday=None)
    rules = CountryRules("XX", weekday=Window(time(8), time(18)), regions={"A": region})
    assert rules.within("A").saturday is None
    assert rules.within("A").weekday == Window(time(8), time(18))
