"""All that a decision about a case is made from, and what follows from it at once."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from recovery.domain.cadence import Progress
from recovery.domain.case import Attempt, Case, Channel
from recovery.domain.consent import (
    call_numbers,
    whatsapp_number,
    why_no_agreed_call,
    why_no_call,
    why_no_whatsapp,
)
from recovery.domain.country import Countries, subdivision
from recovery.domain.person import Number, Person
from recovery.domain.policy import Policy, StatusRule
from recovery.domain.texts import UTILITY, Texts, special
from recovery.domain.timetable import Timetable


@dataclass(frozen=True)
class Situation:
    """A case at one moment."""

    case: Case
    person: Person
    attempts: tuple[Attempt, ...]
    policy: Policy
    countries: Countries
    now: datetime
    #: Countries of whose do-not-call list a copy was imported lately.
    fresh_registries: frozenset[str] = frozenset()
    #: What WhatsApp said last of the texts in the person's language.
    texts: Texts = field(default_factory=Texts)
    #: Somebody of the team has room for it; always so where the policy has no intake.
    is_admitted: bool = True
    #: How many calls of other cases fall on a number's key and local day.
    other_calls: Mapping[tuple[str, date], int] = field(default_factory=dict)

    @cached_property
    def rule(self) -> StatusRule:
        """The policy's line for the status that decides."""
        return self.policy.rule(self.person.status)

    @cached_property
    def progress(self) -> Progress:
        """What of the cadence is done."""
        return Progress(
            self.case, self.attempts, self.policy, self.rule, self.now, self.timetable_of
        )

    def timetable(self, number: Number) -> Timetable:
        """When this number may be reached: its country rules hours, holidays and block lists."""
        country = number.phone.region
        rules = self.countries.get(country)
        stated = self.person.region_code if country == self.person.country else None
        region = rules.region_of(number.phone.e164, region_code=stated) if rules else None
        return Timetable(
            number.zones,
            country,
            region or subdivision(stated, country=country),
            rules,
            self.policy.hours,
        )

    def timetable_of(self, attempt: Attempt) -> Timetable | None:
        """Where the number of an attempt is; None when they have it no more, or nothing tells."""
        found = (n for n in self.person.numbers if n.key == attempt.number_key and n.zones)
        number = next(found, None)
        return self.timetable(number) if number else None

    @cached_property
    def no_whatsapp(self) -> str | None:
        """Why no message may go to this person now, if so."""
        why = why_no_whatsapp(self.person, self.policy, category=self._best_category)
        return why or self.whatsapp_held

    @cached_property
    def whatsapp_held(self) -> str | None:
        """The block list alone that keeps a message back, if one does."""
        number = whatsapp_number(self.person, category=self._best_category)
        if number is None or why_no_whatsapp(self.person, self.policy, category=UTILITY):
            return None
        return self._held(number, Channel.WHATSAPP)

    def may_ask_from(self, place: Timetable) -> datetime:
        """From when on another question may go, whoever sends it: now, or from tomorrow on where
        the person got as many today, those of reps among them, as the policy lets a number get."""
        today = place.local_day(self.now)
        asked = sum(a.asks and place.local_day(a.created_at) == today for a in self.attempts)
        if asked < self.policy.caps.messages_per_number_day:
            return self.now
        return place.beginning_of(today + timedelta(days=1))

    @cached_property
    def special_texts(self) -> tuple[str, ...]:
        """Names of the first texts that fit this person better than the plain one."""
        status = self.person.status
        if status not in self.policy.statuses or status.is_refusal:
            return ()
        goal = self.policy.goal(status).value
        return special(goal, order=self.person.order, likely_email=self.person.likely_email)

    @property
    def _best_category(self) -> str | None:
        """UTILITY where a text of that category fits, which alone reaches the United States."""
        return UTILITY if self.texts.utility & set(self.special_texts) else None

    @cached_property
    def no_call(self) -> str | None:
        """Why no call may go to any of this person's numbers now, if so."""
        if self.numbers_to_call:
            return None
        why = why_no_agreed_call(self.person)
        reasons = [self._why_not(number) for number in call_numbers(self.person)]
        return why or next((reason for reason in reasons if reason), None)

    @cached_property
    def call_held(self) -> str | None:
        """The block list alone that keeps all calls back, if one does."""
        if self.numbers_to_call:
            return None
        lawful = [n for n in call_numbers(self.person) if self.is_lawful_to_call(n)]
        return next((why for n in lawful if (why := self._held(n, Channel.CALL))), None)

    @cached_property
    def numbers_to_call(self) -> tuple[Number, ...]:
        """The numbers that may be called, in the order to try them."""
        return tuple(n for n in call_numbers(self.person) if self._why_not(n) is None)

    def is_lawful_to_call(self, number: Number) -> bool:
        """The person and the number's country allow the call."""
        return why_no_call(self.person, self.countries.get(number.phone.region)) is None

    def full_days(self, number: Number) -> Collection[date]:
        """Days on which this number is called as often as it may be, over all cases; a call that
        the person asked for is one."""
        calls = Counter({day: n for (key, day), n in self.other_calls.items() if key == number.key})
        calls.update(a.planned_on for a in self.attempts if a.planned_on and a.rings(number.key))
        cap = self.policy.caps.calls_per_number_day
        return {day for day, count in calls.items() if count >= cap}

    def _why_not(self, number: Number) -> str | None:
        rules = self.countries.get(number.phone.region)
        return why_no_call(self.person, rules) or self._held(number, Channel.CALL)

    def _held(self, number: Number, channel: Channel) -> str | None:
        if self.policy.registry != "hold" or self.missing_list(number, channel) is None:
            return None
        return f"the block list of {number.phone.region} was not imported lately"

    def missing_list(self, number: Number, channel: Channel) -> str | None:
        """The block list that binds this channel where the number is, unless imported lately."""
        place = self.timetable(number)
        rules = place.rules.within(place.region_code) if place.rules else None
        if not rules or channel.value not in rules.registry_binds:
            return None
        return None if place.country in self.fresh_registries else rules.registry
