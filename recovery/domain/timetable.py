"""When one number may be reached: its zones, its country's rule and the firm's own hours."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from recovery.domain import hours
from recovery.domain.calendar import PartOfDay, add_working_days, is_working_day
from recovery.domain.country import CountryRules
from recovery.domain.policy import HoursRule

#: Calls of a case take turns through the day, so that who never answers at nine is tried at five.
PARTS = (PartOfDay.MORNING, PartOfDay.AFTERNOON, PartOfDay.EVENING)


def part_after(part: PartOfDay) -> PartOfDay:
    """The part in which the next call of a case falls."""
    return PARTS[(PARTS.index(part) + 1) % len(PARTS)]


@dataclass(frozen=True, slots=True)
class Timetable:
    """The hour must be allowed in all `zones`; days are those of the first."""

    zones: tuple[str, ...]
    country: str | None
    region_code: str | None
    rules: CountryRules | None
    hours: HoursRule

    def allows(self, now: datetime) -> bool:
        """May the number be reached at this moment?"""
        return hours.allowed_now(
            now,
            zones=self.zones,
            country=self.country,
            subdivision=self.region_code,
            rules=self.rules,
            hours=self.hours,
        )

    def next(
        self, now: datetime, *, part: PartOfDay | None = None, day: date | None = None
    ) -> datetime:
        """The first allowed moment from `now` on, in that part of a working day from `day` on."""
        return hours.next_allowed(
            now,
            zones=self.zones,
            country=self.country,
            subdivision=self.region_code,
            rules=self.rules,
            hours=self.hours,
            part=part,
            not_before_day=day,
        )

    def next_on_working_day(self, now: datetime, *, day: date) -> datetime:
        """The first allowed moment of a working day from `day` on, in any part of it."""
        found = (self.next(now, part=part, day=day) for part in PARTS)
        return min(found)

    def closes_in(self, now: datetime) -> timedelta:
        """How long from now on the hour stays allowed in all zones; nothing where it is not."""
        if not self.allows(now):
            return timedelta(0)
        return min(self._closes_in(now, ZoneInfo(zone)) for zone in self.zones)

    def _closes_in(self, now: datetime, zone: ZoneInfo) -> timedelta:
        here = now.astimezone(zone)
        window = hours.open_on(
            here.date(),
            country=self.country,
            subdivision=self.region_code,
            rules=self.rules,
            hours=self.hours,
        )
        assert window is not None  # noqa: S101 (allows said so)
        return datetime.combine(here.date(), window.closes, zone) - here

    def local_day(self, moment: datetime) -> date:
        """The calendar day of the moment where the person is."""
        return moment.astimezone(ZoneInfo(self.zones[0])).date()

    def beginning_of(self, day: date) -> datetime:
        """The moment at which this calendar day begins where the person is."""
        return datetime.combine(day, time(), ZoneInfo(self.zones[0])).astimezone(UTC)

    def part_of(self, moment: datetime) -> PartOfDay:
        """The part of the day where the person is."""
        here = moment.astimezone(ZoneInfo(self.zones[0])).time()
        return next(part for part in reversed(PARTS) if here >= part.window.opens)

    def working_days_after(self, day: date, count: int) -> date:
        """The count-th working day after `day`; Mon–Fri without the country's holidays."""
        return add_working_days(day, count, self.country)

    def first_working_day(self, now: datetime) -> date:
        """Today where the person is, or the next working day."""
        day = self.local_day(now)
        while not is_working_day(day, self.country):
            day += timedelta(days=1)
        return day
