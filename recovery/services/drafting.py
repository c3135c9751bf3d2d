"""Drafts a due message: its hour, its template in the person's language, its values.

Nothing is stored or sent here, and what cannot be drafted uses up no attempt.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from recovery.domain.country import Countries
from recovery.domain.policy import Policy
from recovery.domain.template import MissingVariable, TemplateSet, as_seen, content_variables
from recovery.domain.timetable import Timetable
from recovery.services.ports import ContentStatus
from recovery.services.wording import Addressee, message_values

#: Twilio gives up queued WhatsApp messages after ten hours; ours must not leave at night.
LONGEST_VALIDITY = 36_000

Place = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Due:
    """A message that routing decided on, with what its text needs."""

    case_id: int
    contact_id: str
    version: int
    round: int
    step: str
    number: str
    number_key: str
    place: Place
    template: str
    rule: str
    addressee: Addressee


@dataclass(frozen=True, slots=True)
class Intent:
    """A message rendered and ready to be committed."""

    due: Due
    token: str
    content: ContentStatus
    language: str
    variables: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Left:
    """A message left out for now, and why; `until` where it is only too early."""

    reason: str
    until: datetime | None = None


class Drafter:
    """Drafts by one policy and one set of templates."""

    def __init__(
        self, *, templates: TemplateSet, policy: Policy, countries: Countries, firm: str
    ) -> None:
        self._templates = templates
        self._policy = policy
        self._countries = countries
        self._firm = firm

    def draft(
        self, due: Due, approved: Mapping[tuple[str, str], ContentStatus], now: datetime
    ) -> Intent | Left:
        """What would leave now, with a new token; or why nothing does."""
        place = self._timetable(due.place)
        if not place.allows(now):
            return Left("outside_hours", place.next(now))
        template = self._templates.pick(due.template, language=due.addressee.language)
        content = approved.get(template.key)
        if content is None:
            return Left("template_not_approved")
        values = message_values(due.addressee, self._policy, self._firm)
        try:
            variables, body = content_variables(template, values), as_seen(template, values)
        except MissingVariable:
            return Left("variable_missing")
        token = secrets.token_urlsafe(16)
        return Intent(due, token, content, template.language, variables, body)

    def validity(self, now: datetime) -> Callable[[Place], int]:
        """Tells the seconds the provider may try at a place, so that nothing rings at night.

        0 where it is too late. The same place is reckoned once.
        """
        known: dict[str, int] = {}

        def ask(place: Place) -> int:
            key = repr(place)
            if key not in known:
                closes_in = int(self._timetable(place).closes_in(now).total_seconds())
                known[key] = min(LONGEST_VALIDITY, closes_in)
            return known[key]

        return ask

    def _timetable(self, place: Place) -> Timetable:
        country = place["country"]
        zones, region = place["zones"], place["region"]
        assert isinstance(zones, list | tuple)  # noqa: S101 (our own JSON)
        return Timetable(
            tuple(zones),
            str(country) if country else None,
            str(region) if region else None,
            self._countries.get(str(country) if country else None),
            self._policy.hours,
        )
