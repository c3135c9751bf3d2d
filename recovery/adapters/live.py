"""The two switches that let Recovery act on real people; a sandbox needs neither."""

from functools import cached_property
from urllib.parse import urlsplit, urlunsplit

import requests

from recovery.errors import ConfigurationError
from recovery.settings import Settings

_VENDORS = ("keap.com", "infusionsoft.com", "twilio.com")


class LiveGuard:
    """Asks each provider's host once whether it is a sandbox; whoever does not say so is real."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def keap_is_sandbox(self) -> bool:
        """Keap's host says that it is a sandbox."""
        return is_sandbox(self._settings.keap.base_url)

    @cached_property
    def twilio_is_sandbox(self) -> bool:
        """Twilio's host says that it is a sandbox."""
        return is_sandbox(self._settings.twilio.base_url)

    def may_write(self) -> None:
        """Raises ConfigurationError where Keap may only be read."""
        if not (self._settings.live_sending or self.keap_is_sandbox):
            raise ConfigurationError(
                "nothing is written to a real Keap account: set RECOVERY_LIVE_SENDING=true"
            )

    def may_send(self) -> None:
        """Raises ConfigurationError where nobody may be written to."""
        if not (self._settings.live_sending or self.twilio_is_sandbox):
            raise ConfigurationError(
                "nobody is written to through a real Twilio account: set RECOVERY_LIVE_SENDING=true"
            )
        self.may_write()

    def may_submit(self) -> None:
        """Raises ConfigurationError where no text may be submitted for approval."""
        if not (self._settings.live_sending or self.twilio_is_sandbox):
            raise ConfigurationError(
                "a real Twilio account is only read: to submit the texts, and send nothing, "
                "switch it on for this command alone: RECOVERY_LIVE_SENDING=true recovery "
                "templates push"
            )

    def may_delete(self) -> None:
        """Raises ConfigurationError where nobody may be deleted."""
        if not (self._settings.live_deleting or self.keap_is_sandbox):
            raise ConfigurationError(
                "nobody is deleted from a real Keap account: set RECOVERY_LIVE_DELETING=true"
            )


def is_sandbox(base_url: str | None) -> bool:
    """Does this host answer `GET /_sandbox` as one? The vendors' own hosts are not asked."""
    parts = urlsplit(base_url or "")
    if not parts.hostname or parts.hostname.endswith(_VENDORS):
        return False
    url = urlunsplit((parts.scheme, parts.netloc, "/_sandbox", "", ""))
    try:
        answer = requests.get(url, timeout=3, allow_redirects=False)
        return answer.status_code == 200 and answer.json().get("sandbox") is True
    except (requests.RequestException, ValueError, AttributeError):
        return False
