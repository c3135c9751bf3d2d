"""The card of one person: all that a rep needs before, during and after a call, on one page.

Contacts of Keap that share a number or an address are one person and one card.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from recovery.domain.case import AttemptState, CaseState, Channel
from recovery.domain.country import Countries
from recovery.domain.email_status import EmailStatus
from recovery.domain.hours import NoAllowedHour
from recovery.domain.lane import AGREED_HOUR_LASTS
from recovery.domain.person import Number, usable
from recovery.domain.policy import Policy
from recovery.domain.situation import Situation
from recovery.domain.steps import AGREED
from recovery.domain.template import (
    MissingVariable,
    Template,
    TemplateInvalid,
    TemplateSet,
    UnknownTemplate,
    Value,
)
from recovery.errors import Refusal
from recovery.services.ports import Clock
from recovery.services.record.answers import WINDOW
from recovery.services.reps.card_rows import CardReader, CardRows, Voice
from recovery.services.wording import Addressee, message_values

#: An agreed call may come a little before its time.
_EARLY = timedelta(minutes=5)
_DAY_BEGINS, _DAY_ENDS = time(7), time(20)


@dataclass(frozen=True, slots=True)
class Line:
    """A number with what may be done with it now; `opens_at` is when it may be called next.

    `why_not` tells in words why it is never called; `local` is the time where it is.
    """

    e164: str
    kind: str
    country: str
    zone: str | None
    local: datetime | None
    is_day: bool
    is_open: bool
    opens_at: datetime | None
    is_next: bool
    takes_whatsapp: bool
    is_office: bool
    why_not: str | None


class Caution(StrEnum):
    """What the rep must know before calling."""

    #: The country has a block list and no copy of it was imported lately.
    BLOCK_LIST = "block_list"
    #: The law asks for a consent to calls, and none is on record.
    NEEDS_CONSENT = "needs_consent"
    #: A refusal of theirs stands: one careful call by a person, or none.
    REFUSED_EMAIL = "refused_email"
    OFFICE_NUMBER = "office_number"
    PROTECTED = "protected"


class Act(StrEnum):
    """The one next act, done by one key."""

    CALL = "call"
    ANSWER = "answer"
    SAY_RESULT = "say_result"
    #: They are in touch with the team, and nothing is agreed: what shall follow?
    DECIDE = "decide"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Card:
    """A person as the rep's screen shows them.

    `calls` and `messages` are (made, of how many). `why` are the decision's words; `script` is what
    to say, rendered for this person, empty where no text can be made. `window_until` is until when
    free text may be sent, None where it may not.
    """

    rows: CardRows
    name: str
    state: CaseState
    status: EmailStatus
    status_since: datetime
    why: str
    next_act: Act
    lines: tuple[Line, ...]
    calls: tuple[int, int]
    messages: tuple[int, int]
    no_call: str | None
    no_whatsapp: str | None
    cautions: tuple[Caution, ...]
    script: str
    window_until: datetime | None

    @property
    def case_id(self) -> int:
        """The case the card is about."""
        return self.rows.item.case.id


class Cards:
    """Makes cards; reads only."""

    def __init__(
        self,
        reader: CardReader,
        *,
        policy: Policy,
        countries: Countries,
        templates: TemplateSet,
        render: Callable[[Template, Mapping[str, Value]], str],
        firm: str,
        clock: Clock,
    ) -> None:
        self._reader = reader
        self._policy = policy
        self._countries = countries
        self._templates = templates
        self._render = render
        self._firm = firm
        self._clock = clock

    def card(self, case_id: int, *, rep_name: str) -> Card:
        """The card of a case, `rep_name` as the script says it; Refusal for an unknown case."""
        rows = self._reader.read(case_id)
        if rows is None:
            raise Refusal("this case is not known any more: load the queue again")
        now = self._clock()
        situation = rows.item.situation(self._policy, self._countries, now)
        return Card(
            rows=rows,
            name=next((r.name for r in rows.records if r.name), ""),
            state=rows.item.case.state,
            status=situation.person.status,
            status_since=situation.person.deciding.status_since,
            why=rows.reason,
            next_act=_next_act(rows, now),
            lines=self._lines(rows, situation),
            calls=(_made(rows, Channel.CALL), situation.rule.calls),
            messages=(_made(rows, Channel.WHATSAPP), situation.rule.messages),
            no_call=situation.no_call,
            no_whatsapp=situation.no_whatsapp,
            cautions=self._cautions(situation),
            script=self._script(rows, rep_name),
            window_until=window_of(rows.last_reply_at, now),
        )

    def _lines(self, rows: CardRows, situation: Situation) -> tuple[Line, ...]:
        numbers = usable(situation.person.numbers)
        return tuple(self._line(number, rows, situation) for number in numbers)

    def _line(self, number: Number, rows: CardRows, situation: Situation) -> Line:
        now = situation.now
        place = situation.timetable(number) if number.zones else None
        is_next = number.key == rows.call_number_key
        is_open, opens_at = False, None
        if place is not None:
            agreed = is_next and _is_agreed_now(rows, now)
            is_open = agreed or place.allows(now)
            try:
                opens_at = now if is_open else place.next(now)
            except NoAllowedHour:
                opens_at = None
        local = now.astimezone(ZoneInfo(number.zones[0])) if number.zones else None
        return Line(
            e164=number.phone.e164,
            kind=number.phone.kind.value,
            country=number.phone.region,
            zone=number.zones[0] if number.zones else None,
            local=local,
            is_day=local is not None and _DAY_BEGINS <= local.time() < _DAY_ENDS,
            is_open=is_open,
            opens_at=opens_at,
            is_next=is_next,
            takes_whatsapp=number.takes_whatsapp,
            is_office=number.is_office,
            why_not=_why_not(number, situation),
        )

    def _cautions(self, situation: Situation) -> tuple[Caution, ...]:
        person, found = situation.person, []
        rules = [self._countries.get(n.phone.region) for n in person.numbers]
        if any(situation.missing_list(n, Channel.CALL) for n in person.numbers):
            found.append(Caution.BLOCK_LIST)
        if any(r and r.needs_call_consent(person.status) for r in rules):
            found.append(Caution.NEEDS_CONSENT)
        if person.status.is_refusal:
            found.append(Caution.REFUSED_EMAIL)
        if any(number.is_office for number in person.numbers):
            found.append(Caution.OFFICE_NUMBER)
        if person.is_protected:
            found.append(Caution.PROTECTED)
        return tuple(found)

    def _script(self, rows: CardRows, rep_name: str) -> str:
        """The call script of the case's goal; nothing where no text can be made of it."""
        names = [r.given_name for r in rows.records]
        email = rows.mailing.email if rows.mailing else ""
        addressee = Addressee(rows.language, names, email)
        values = {**message_values(addressee, self._policy, self._firm), "rep": rep_name}
        name = f"call_{rows.goal}"
        try:
            template = self._templates.pick(name, language=rows.language)
            used = {key: values[key] for key in template.variables if key in values}
            return self._render(template, used)
        except (MissingVariable, UnknownTemplate, TemplateInvalid):
            return ""


def window_of(last_reply_at: datetime | None, now: datetime) -> datetime | None:
    """Until when WhatsApp takes free text from us; None where it does not."""
    until = last_reply_at + WINDOW if last_reply_at else None
    return until if until and until > now else None


def _next_act(rows: CardRows, now: datetime) -> Act:
    if rows.dialled_at is not None:
        return Act.SAY_RESULT
    answered = rows.thread and rows.thread[-1].voice is not Voice.CONTACT
    if rows.item.case.state is CaseState.ENGAGED and rows.last_reply_at and not answered:
        return Act.ANSWER
    if rows.attempt_id is not None and rows.call_due_at is not None and rows.call_due_at <= now:
        return Act.CALL
    if rows.item.case.state is CaseState.ENGAGED and rows.waits_since and rows.waits_since <= now:
        return Act.DECIDE
    return Act.WAIT


def _is_agreed_now(rows: CardRows, now: datetime) -> bool:
    if rows.call_due_at is None or not (rows.call_step or "").startswith(AGREED):
        return False
    return -_EARLY <= now - rows.call_due_at <= AGREED_HOUR_LASTS


def _why_not(number: Number, situation: Situation) -> str | None:
    if number.is_dropped:
        return "this number is not theirs"
    if Channel.CALL in number.suppressed or Channel.CALL in situation.person.suppressed:
        return "the person does not want to be called"
    if not number.zones:
        return "nobody knows where this number is"
    return None if situation.is_lawful_to_call(number) else "the country's law asks for a consent"


_COUNTED = {
    Channel.CALL: frozenset({AttemptState.DONE}),
    Channel.WHATSAPP: frozenset(
        {
            AttemptState.ACCEPTED,
            AttemptState.SENT,
            AttemptState.DELIVERED,
            AttemptState.READ,
            AttemptState.FAILED,
        }
    ),
}


def _made(rows: CardRows, channel: Channel) -> int:
    """Attempts of the cadence that were made."""
    of_cadence = (a for a in rows.item.attempts if a.channel is channel and a.step[0] in "cm")
    return sum(a.state in _COUNTED[channel] for a in of_cadence)
