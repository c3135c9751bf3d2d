"""Twilio as the use cases see it; ports.py says what each method promises."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from math import inf
from typing import Any

from recovery.adapters.twilio import codes, content, health
from recovery.adapters.twilio.addresses import whatsapp
from recovery.adapters.twilio.answers import is_sid
from recovery.adapters.twilio.api import TwilioApi, failure
from recovery.adapters.twilio.messages import form, listed, provider_message, send_answer
from recovery.adapters.twilio.pace import SharedPace
from recovery.adapters.twilio.senders import Senders, parse_senders
from recovery.adapters.twilio.wire import AnswerLost, Limits, NothingSent, TooLate
from recovery.errors import Unsupported
from recovery.services.ports import (
    HELD_UP,
    ApprovalStatus,
    Clock,
    CodeAction,
    ContentStatus,
    OutboundMessage,
    ProviderMessage,
    SendAnswer,
    SenderHealth,
    SendResult,
)
from recovery.settings import TwilioSettings
from recovery.uptime import uptime

_REFUSED_CREDENTIAL = (401, 403)


class TwilioMessenger:
    """Thread-safe; nothing of the SDK leaves it, for its objects carry the auth token."""

    def __init__(
        self,
        settings: TwilioSettings,
        *,
        public_url: str | None,
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
        threads: int = 32,
        limits: Limits | None = None,
        pace: SharedPace | None = None,
    ) -> None:
        self._settings = settings
        self._pace = pace
        self._public_url = public_url.rstrip("/") if public_url else None
        self._clock = clock
        self._api = TwilioApi(settings, sleep=sleep, threads=threads, limits=limits)
        self._senders = parse_senders(settings.whatsapp_from)

    @property
    def our_senders(self) -> Senders:
        """Our WhatsApp numbers by country, as set."""
        return self._senders

    def send(self, message: OutboundMessage) -> SendAnswer:
        """Exactly one POST; AuthorizationLost (nothing was sent) where we are refused."""
        service = self._settings.messaging_service_sid
        data = form(message, public_url=self._public_url, messaging_service=service)
        path = self._path("Messages.json")
        # Who is late already takes no turn from others; who is in time may be late after it.
        if self._pace and _left(message) >= 0:
            self._pace.take()
        if _left(message) < 0:
            return SendAnswer(SendResult.NOT_SENT, code=HELD_UP)
        try:
            answer = self._api.once("api", "POST", path, data=data, within=_left(message))
        except TooLate:
            return SendAnswer(SendResult.NOT_SENT, code=HELD_UP)
        except NothingSent:
            return SendAnswer(SendResult.NOT_SENT)
        except AnswerLost:
            return SendAnswer(SendResult.IN_DOUBT)
        if answer.status in _REFUSED_CREDENTIAL:
            raise failure(answer, "send")
        return send_answer(answer)

    def message(self, sid: str) -> ProviderMessage | None:
        """A message by its id; None when the provider does not know it."""
        if not is_sid(sid, "message"):
            return None
        try:
            answer = self._api.read(
                "api", self._path(f"Messages/{sid}.json"), operation="read message"
            )
        except Unsupported:
            return None
        return provider_message(answer.payload, fallback_at=self._clock())

    def messages_to(self, number: str, *, since: datetime) -> tuple[ProviderMessage, ...]:
        """No DateSent filter: a message still queued has no such date. Absence proves nothing."""
        return tuple(_after(self._listed({"To": whatsapp(number)}), since, inbound=False))

    def inbound_since(self, since: datetime) -> Iterable[ProviderMessage]:
        """What people sent to our senders since then, oldest first."""
        return _after(self._ours("To", since), since, inbound=True)

    def outbound_since(self, since: datetime) -> Iterable[ProviderMessage]:
        """What left since then, oldest first; messages still queued are not listed yet."""
        return _after(self._ours("From", since), since, inbound=False)

    def contents(self) -> tuple[ContentStatus, ...]:
        """All templates at the provider with WhatsApp's word on each."""
        return content.contents(self._api)

    def create_content(self, body: Mapping[str, Any]) -> str:
        """Creates a template and answers its id; one POST, InDoubt when nobody can tell."""
        return content.create_content(self._api, body)

    def request_approval(self, sid: str, *, name: str, category: str) -> ApprovalStatus:
        """Asks WhatsApp to approve a template; asking again is harmless."""
        return content.request_approval(self._api, sid, name=name, category=category)

    def senders(self) -> tuple[SenderHealth, ...]:
        """The account's WhatsApp senders; Unsupported where the provider has no such list."""
        return health.senders(self._api)

    def action(self, code: str | None) -> CodeAction:
        """What to do about an error code; a person for codes nobody knows."""
        return codes.action(code)

    def explain(self, code: str | None, language: str = "en") -> str:
        """An error code in plain words, with the mend."""
        return codes.explain(code, language)

    def close(self) -> None:
        """Closes idle connections; the messenger can be used again."""
        self._api.close()

    def _ours(self, side: str, since: datetime) -> list[ProviderMessage]:
        day = {"DateSent>": since.astimezone(UTC).date().isoformat()}
        # A messaging service picks senders we do not know: then the whole account is read.
        numbers = () if self._settings.messaging_service_sid else self._senders.numbers
        filters = [{**day, side: whatsapp(number)} for number in numbers] or [day]
        found = [message for one in filters for message in self._listed(one)]
        return sorted(found, key=lambda message: message.created_at)

    def _listed(self, filters: Mapping[str, str]) -> list[ProviderMessage]:
        items = self._api.pages(
            "api",
            self._path("Messages.json"),
            operation="list messages",
            key="messages",
            params={**filters, "PageSize": 1000},
        )
        return listed(items, fallback_at=self._clock())

    def _path(self, rest: str) -> str:
        return f"/2010-04-01/Accounts/{self._api.account}/{rest}"


def _left(message: OutboundMessage) -> float:
    """Seconds until the checks that let it go are too old; negative once they are."""
    return inf if message.leave_by is None else message.leave_by - uptime()


def _after(
    messages: Iterable[ProviderMessage], since: datetime, *, inbound: bool
) -> list[ProviderMessage]:
    start = since.replace(microsecond=0)  # the provider's dates have whole seconds
    return [
        message
        for message in messages
        if message.created_at >= start and (message.direction == "inbound") is inbound
    ]
