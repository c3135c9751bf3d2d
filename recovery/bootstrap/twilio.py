"""Twilio: messages, calls and templates."""

from functools import cached_property

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
        twilio = self.settings.twilio
        rate = twilio.messages_per_second
        line = SqlRateLimit(self.database, MESSAGES, per_second=rate, clock=utc_now)
        return TwilioMessenger(
            twilio,
            public_url=self.settings.public_url,
            clock=self.clock,
            pace=SharedPace(line, per_second=rate),
        )

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
