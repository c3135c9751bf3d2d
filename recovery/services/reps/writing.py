"""What reps write on WhatsApp: free text inside the window, an approved question outside it.

A text is `intended` and committed when the rep presses the key; one sender at a time takes it from
there by the protocol of all messages (ADR 0003). During a call the person's yes, in their words, is
the consent that lets the question go.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from recovery.domain.case import Channel
from recovery.domain.consent import whatsapp_number, why_no_whatsapp
from recovery.domain.country import Countries
from recovery.domain.lane import Place
from recovery.domain.person import Basis, Consent, Person
from recovery.domain.policy import Policy
from recovery.domain.steps import template_for
from recovery.domain.template import (
    MissingVariable,
    Template,
    TemplateSet,
    UnknownTemplate,
    as_seen,
    content_variables,
)
from recovery.domain.timetable import Timetable
from recovery.errors import (
    ConfigurationError,
    NothingToDo,
    PromiseBroken,
    ProviderError,
    Refusal,
)
from recovery.services.holds import Hold
from recovery.services.lease import Lease
from recovery.services.pipeline import Pipeline, Started
from recovery.services.ports import Clock, Messenger, OutboundMessage, SendAnswer, SendResult
from recovery.services.record.answers import AT_ONCE
from recovery.services.reps.card import window_of
from recovery.services.reps.writing_store import (
    Choice,
    Heard,
    StartedText,
    Talk,
    Text,
    WritingStore,
)
from recovery.services.wording import Addressee, message_values

#: The lease under which reps' texts leave; their steps begin with its letter.
WRITING = "writing"
#: Twilio takes no longer body.
LONGEST_TEXT = 1600
#: How long WhatsApp's approvals are believed.
_KNOWN_FOR = timedelta(minutes=10)
#: Contents that may leave, by template and language.
Approved = Mapping[tuple[str, str], str]
#: After the provider took nothing.
_REST = timedelta(minutes=1)


class Leases(Protocol):
    """Hands out the right to send."""

    def hold(self, name: str) -> AbstractContextManager[Lease]:
        """Raises NothingToDo when another process has it."""


class Writing:
    """One instance a process; `send_due` may be called from a thread of its own."""

    def __init__(
        self,
        store: WritingStore,
        *,
        messenger: Callable[[], Messenger],
        sender_for: Callable[[str], str | None],
        templates: TemplateSet,
        policy: Policy,
        countries: Countries,
        firm: str,
        leases: Leases,
        clock: Clock,
        may_send: Callable[[], None],
        what_stops_texts: Callable[[], Hold | None],
        what_stops_questions: Callable[[], Hold | None],
        approved: Callable[[], Approved],
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._sender_for = sender_for
        self._templates = templates
        self._policy = policy
        self._countries = countries
        self._firm = firm
        self._leases = leases
        self._clock = clock
        self._may_send = may_send
        self._what_stops_texts = what_stops_texts
        self._what_stops_questions = what_stops_questions
        self._approved = approved
        self._known: Approved = {}
        self._known_until: datetime | None = None
        self._rests_until: datetime | None = None

    def choice(self, case_id: int, *, said_yes: bool = False) -> Choice:
        """What the rep may write now, the question rendered; `said_yes` as if they had agreed."""
        talk, now = self._talk(case_id), self._clock()
        until = window_of(talk.heard.at if talk.heard else None, now)
        no_text = self._why_no_text(talk, now)
        try:
            question, no_question = self._question(talk, now, said_yes=said_yes).body, None
        except Refusal as refusal:
            question, no_question = None, str(refusal)
        return Choice(until, no_text, question, no_question, self._opens_at(talk, now))

    def write(self, rep: str, case_id: int, body: str) -> int:
        """Free text inside the window, as the rep typed it; Refusal tells why not, and when.

        Answers the attempt's id. It leaves within seconds; the card's thread shows its state.
        """
        self._may_send()
        plain = body.strip()
        if not plain or len(plain) > LONGEST_TEXT:
            raise Refusal(f"write between 1 and {LONGEST_TEXT} characters")
        talk, now = self._talk(case_id), self._clock()
        why = self._why_no_text(talk, now) or self._what_stops_texts()
        if why or talk.heard is None:
            raise Refusal(str(why or "nobody wrote to us"))
        heard = talk.heard
        at_once = talk.on_call or now - heard.at <= AT_ONCE
        text = Text(heard.number, heard.number_key, plain, heard.sender, any_hour=at_once)
        return self._store.intend(
            rep, case_id, text, now, said_yes=None, still=lambda then: _refuse_typed(then, plain)
        )

    def ask(self, rep: str, case_id: int, *, said_yes: str | None = None) -> int:
        """The approved question of the case's goal, on WhatsApp; `said_yes` are the words by which
        the person agreed to it on the phone, stored as their consent with the rep's name.

        Answers the attempt's id; Refusal tells why not, and from when it may go.
        """
        self._may_send()
        talk, now = self._talk(case_id), self._clock()
        text = self._question(talk, now, said_yes=bool(said_yes and said_yes.strip()))
        if hold := self._what_stops_questions():
            raise Refusal(str(hold))
        yes = said_yes.strip() if said_yes and said_yes.strip() else None

        def still(talk: Talk) -> None:
            self._refuse_twice(talk, now, text.template or "", said_yes=yes is not None)

        return self._store.intend(rep, case_id, text, now, said_yes=yes, still=still)

    def send_due(self) -> int:
        """Posts what reps wrote, each once; nothing while another process is at it, or sending is
        off or shut. How many left."""
        now = self._clock()
        rests = self._rests_until is not None and now < self._rests_until
        if rests or not self._store.has_due() or self._what_stops_texts():
            return 0
        try:
            self._may_send()
            with self._leases.hold(WRITING) as lease:
                return self._send(lease)
        except (NothingToDo, ConfigurationError, PromiseBroken):
            return 0

    def _send(self, lease: Lease) -> int:
        now, left, messenger = self._clock(), 0, self._messenger()
        started = self._store.start(
            now,
            epoch=lease.epoch,
            allows=lambda place: self._allows(place, now),
            holds_questions=self._what_stops_questions() is not None,
        )
        texts = {one.started.token: one for one in started}

        def post(one: Started, leave_by: float) -> SendAnswer:
            return messenger.send(self._outbound(texts[one.token], leave_by))

        with Pipeline(messenger, post, 4) as pipeline:
            pipeline.post([one.started for one in started])
            for answered in pipeline.answers(room=0):
                self._store.settle(answered, self._clock(), epoch=lease.epoch)
                left += sum(one.answer.result is SendResult.ACCEPTED for one in answered)
                if any(one.answer.was_turned_away for one in answered):
                    self._rests_until = self._clock() + _REST
        return left

    def _outbound(self, one: StartedText, leave_by: float) -> OutboundMessage:
        started = one.started
        return OutboundMessage(
            to=started.number,
            token=started.token,
            sender=one.sender or self._sender_for(started.number),
            content_sid=started.content_sid or None,
            variables=started.variables,
            body=None if started.content_sid else one.body,
            valid_for=started.valid_for,
            leave_by=leave_by,
        )

    def _talk(self, case_id: int) -> Talk:
        talk = self._store.talk(case_id, self._clock())
        if talk is None:
            raise Refusal("this case is over: load the queue again")
        return talk

    def _why_no_text(self, talk: Talk, now: datetime) -> str | None:
        heard = talk.heard
        if Channel.WHATSAPP in talk.item.person.suppressed or talk.item.case.stopped:
            return "the person does not want to be written to"
        if heard is None or window_of(heard.at, now) is None:
            return "they have not written in the last 24 hours: only an approved question may go"
        if talk.on_call or now - heard.at <= AT_ONCE or self._is_open(talk, heard.number_key, now):
            return None
        return "it is not an allowed hour where they are"

    def _question(self, talk: Talk, now: datetime, *, said_yes: bool) -> Text:
        person = _agreeing(talk.item.person, now) if said_yes else talk.item.person
        why = why_no_whatsapp(person, self._policy)
        if talk.item.case.stopped:
            why = "the person does not want to be written to"
        number = whatsapp_number(person)
        if why or number is None:
            raise Refusal(why or "no number of theirs takes WhatsApp")
        template = self._template(talk, person)
        self._refuse_twice(talk, now, template.name, said_yes=said_yes)
        on_call = talk.on_call and said_yes
        if not on_call and not self._is_open(talk, number.key, now):
            raise Refusal("it is not an allowed hour where they are")
        return self._rendered(talk, template, number.phone.e164, number.key, any_hour=on_call)

    def _refuse_twice(self, talk: Talk, now: datetime, template: str, *, said_yes: bool) -> None:
        """Nobody gets the same question twice without a word of theirs in between, nor more of ours
        a day than the policy allows, except what they ask for on the phone."""
        situation = talk.item.situation(self._policy, self._countries, now)
        number = whatsapp_number(situation.person)
        if number is None:
            raise Refusal("no number of theirs takes WhatsApp")
        place = situation.timetable(number)
        theirs = [a for a in situation.attempts if a.template == template and a.may_be_with_them]
        if theirs and situation.person.status.is_refusal:
            raise Refusal("who opted out is asked once, and they were")
        if _is_unanswered([a.created_at for a in theirs], talk.heard, place, now):
            raise Refusal("they have this question already: wait for their answer")
        if not (talk.on_call and said_yes) and situation.may_ask_from(place) > now:
            raise Refusal("they got a message today: wait for tomorrow, or for their answer")

    def _rendered(
        self, talk: Talk, template: Template, number: str, key: str, *, any_hour: bool
    ) -> Text:
        sid = (self._looked_up() or talk.approved).get(template.key)
        if sid is None:
            raise Refusal("WhatsApp has not approved this question: see `recovery templates`")
        addressee = Addressee(talk.language, talk.given_names, talk.email)
        values = message_values(addressee, self._policy, self._firm)
        try:
            variables, body = content_variables(template, values), as_seen(template, values)
        except MissingVariable as missing:
            raise Refusal(str(missing)) from None
        return Text(
            number,
            key,
            body,
            content_sid=sid,
            template=template.name,
            language=template.language,
            variables=variables,
            any_hour=any_hour,
        )

    def _looked_up(self) -> Approved:
        """WhatsApp's word on our questions, some minutes old at most; empty where it cannot be
        had."""
        now = self._clock()
        if self._known_until is None or now >= self._known_until:
            try:
                self._known = self._approved()
            except (ProviderError, ConfigurationError):
                return {}
            self._known_until = now + _KNOWN_FOR
        return self._known

    def _template(self, talk: Talk, person: Person) -> Template:
        name = template_for(talk.goal, last=False, once=person.status.is_refusal)
        try:
            return self._templates.pick(name, language=talk.language)
        except UnknownTemplate:
            raise Refusal("there is no question to send to this person: ask on the phone") from None

    def _is_open(self, talk: Talk, key: str, now: datetime) -> bool:
        place = talk.places.get(key)
        return place is not None and self._allows(place, now)

    def _allows(self, place: Place, now: datetime) -> bool:
        timetable = place.timetable(self._countries, self._policy.hours)
        return timetable is not None and timetable.allows(now)

    def _opens_at(self, talk: Talk, now: datetime) -> datetime | None:
        """When somebody of theirs may be written to at the latest; None where it may be now."""
        tables = (p.timetable(self._countries, self._policy.hours) for p in talk.places.values())
        moments = [table.next(now) for table in tables if table]
        return min((at for at in moments if at > now), default=None)


def _refuse_typed(talk: Talk, body: str) -> None:
    """A key that was pressed twice sends once."""
    if body in talk.just_typed:
        raise Refusal("these very words are on their way, or have just left")


def _is_unanswered(
    asked: Sequence[datetime], heard: Heard | None, place: Timetable, now: datetime
) -> bool:
    """It was asked today, and they wrote nothing since."""
    today = [at for at in asked if place.local_day(at) == place.local_day(now)]
    return bool(today) and (heard is None or heard.at <= max(today))


def _agreeing(person: Person, now: datetime) -> Person:
    """The person as they are once the yes they gave on the phone is stored."""
    yes = Consent(Channel.WHATSAPP, Basis.REP, now)
    return replace(person, consents=(*person.consents, yes))
