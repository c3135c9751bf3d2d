"""Drafts a due message: its hour, its template in the person's language, its values.

Nothing is stored or sent here, and what cannot be drafted uses up no attempt. Whatever was decided
earlier, only a text goes that WhatsApp has approved by now, in the person's language and in a
category their country gets, with a value for every variable; else the next that may stand in.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from recovery.domain.case import LAST_MESSAGE
from recovery.domain.country import Countries
from recovery.domain.policy import Policy
from recovery.domain.template import (
    BODY_LIMIT,
    WHATSAPP_LANGUAGE,
    MissingVariable,
    Step,
    Template,
    TemplateSet,
    UnknownTemplate,
    as_seen,
    content_variables,
)
from recovery.domain.texts import ladder, may_reach
from recovery.domain.timetable import Timetable
from recovery.services.ports import ContentStatus
from recovery.services.wording import Addressee, message_values

#: Twilio gives up queued WhatsApp messages after ten hours; ours must not leave at night.
LONGEST_VALIDITY = 36_000

#: How the names of texts end that nobody gets twice.
_ONCE = "_once"

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
    #: What goes in the end: the text decided on, or what stands in for it.
    template: str
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
        names = ladder(due.template, self._policy.templates.instead)
        drafts = [self._filled(name, due, approved) for name in names]
        return next((one for one in drafts if isinstance(one, Intent)), drafts[0])

    def _filled(
        self, name: str, due: Due, approved: Mapping[tuple[str, str], ContentStatus]
    ) -> Intent | Left:
        try:
            template = self._templates.pick(name, language=due.addressee.language)
        except UnknownTemplate:
            return Left("template_missing")
        content = approved.get(template.key)
        if content is None or content.language != WHATSAPP_LANGUAGE[template.language]:
            return Left("template_not_approved")
        if not may_reach(_country(due.place), content.category):
            return Left("marketing_not_delivered_there")
        if not self._is_of_the_step(template, due):
            return Left("template_of_another_step")
        values = message_values(due.addressee, self._policy, self._firm)
        try:
            variables, body = content_variables(template, values), as_seen(template, values)
        except MissingVariable:
            return Left("variable_missing")
        if len(body) > BODY_LIMIT:
            return Left("text_too_long")
        token = secrets.token_urlsafe(16)
        return Intent(due, name, token, content, template.language, variables, body)

    def _is_of_the_step(self, template: Template, due: Due) -> bool:
        """What says that it is the last must not come first, nor what goes once come twice."""
        wanted = Step.LAST if due.step == LAST_MESSAGE else None
        if due.template.endswith(_ONCE):
            return template.name.endswith(_ONCE)
        return template.step is (wanted or Step.FIRST)

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
        country = _country(place)
        zones, region = place["zones"], place["region"]
        assert isinstance(zones, list | tuple)  # noqa: S101 (our own JSON)
        return Timetable(
            tuple(zones),
            country,
            str(region) if region else None,
            self._countries.get(country),
            self._policy.hours,
        )


def _country(place: Place) -> str | None:
    return str(place["country"]) if place["country"] else None
