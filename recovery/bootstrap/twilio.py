"""Twilio: messages, calls and templates."""

from functools import cached_property
from typing import Any

from recovery.adapters.db.contents import SqlContentStore
from recovery.adapters.db.queries.addressee import SqlAddressees
from recovery.adapters.db.rate_limit import MESSAGES, SqlRateLimit
from recovery.adapters.jinja import render
from recovery.adapters.twilio.calls import TwilioCaller
from recovery.adapters.twilio.client import TwilioMessenger
from recovery.adapters.twilio.pace import SharedPace
from recovery.bootstrap.foundation import Foundation, utc_now
from recovery.services.calls.voice_form import VoiceForm
from recovery.services.ports import ContentStatus
from recovery.services.previews import Previews
from recovery.services.templates import TemplateService


class TwilioParts(Foundation):
    """Adds Twilio."""

    @cached_property
    def messenger(self) -> TwilioMessenger:
        """Twilio."""
        rate = self.settings.twilio.messages_per_second
        line = SqlRateLimit(self.database, MESSAGES, per_second=rate, clock=utc_now)
        return self._twilio(pace=SharedPace(line, per_second=rate))

    def impatient_messenger(self) -> TwilioMessenger:
        """Twilio for a question or two: it does not wait between tries. It sends nothing, for it
        knows no pace."""
        return self._twilio(sleep=lambda _: None)

    def _twilio(self, **more: Any) -> TwilioMessenger:
        twilio, url = self.settings.twilio, self.settings.public_url
        return TwilioMessenger(twilio, public_url=url, clock=self.clock, **more)

    @cached_property
    def caller(self) -> TwilioCaller | None:
        """Twilio's calls; None where Twilio cannot ask us what a call shall do."""
        settings = self.settings
        if not (settings.public_url and settings.twilio.voice_from and settings.twilio.auth_token):
            return None
        return TwilioCaller(settings.twilio, public_url=settings.public_url, clock=self.clock)

    @property
    def voice_form(self) -> VoiceForm:
        """Reads what Twilio posts about calls."""
        return VoiceForm(self.settings.twilio.account_sid or "")

    @property
    def template_service(self) -> TemplateService:
        """Templates at the provider."""
        return TemplateService(
            messenger=self.messenger,
            templates=self.templates,
            store=SqlContentStore(self.database, self.clock),
            may_write=self.guard.may_submit,
            clock=self.clock,
        )

    @property
    def previews(self) -> Previews:
        """Texts as people would see them."""
        return Previews(
            SqlAddressees(self.database),
            templates=self.templates,
            render=render,
            policy=self.policy,
            firm=self.settings.account,
        )

    def _contents(self) -> dict[str, ContentStatus]:
        """Everything at the provider, by name; session messages need no approval."""
        return {content.name: content for content in self.messenger.contents()}
