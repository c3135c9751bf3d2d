"""What a sandbox is started with; every value can be given by flag or by environment."""

from dataclasses import dataclass
from datetime import datetime

KEAP_TOKEN = "sandbox-keap-token"
TWILIO_ACCOUNT = "AC" + "0" * 31 + "1"
TWILIO_TOKEN = "sandbox-twilio-token"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One sandbox; equal options give equal contacts, people and faults."""

    host: str = "127.0.0.1"
    port: int = 8790
    contacts: int = 500
    seed: int = 1
    #: Slept before each vendor answer.
    latency_ms: float = 0
    #: Share of vendor requests that go wrong, and in which ways; no kinds means the eight of HTTP.
    fault_rate: float = 0
    faults: frozenset[str] = frozenset()
    #: In real time a delay of a simulated person is divided by this: an hour passes in a second.
    speed: float = 3600
    #: Starts in virtual time at this moment; None is real time.
    start: datetime | None = None
    #: No fault keeps a connection open for longer.
    hang_s: float = 40
    #: Keap's spike limit; its minute and day limits follow in Keap's proportion. 0 is unlimited.
    calls_per_second: float = 0
    #: The largest page a list gives, whatever is asked for.
    page_size: int = 1000
    keap_token: str = KEAP_TOKEN
    #: A second key, of a user who may neither see all contacts nor delete.
    keap_weak_token: str = "sandbox-keap-weak-token"
    keap_client_id: str = "sandbox-keap-client"
    keap_client_secret: str = "sandbox-keap-secret"
    keap_refresh_token: str = "sandbox-keap-refresh"
    #: Life of an OAuth2 access token, in sandbox time.
    keap_access_token_s: int = 86_400
    twilio_account_sid: str = TWILIO_ACCOUNT
    twilio_auth_token: str = TWILIO_TOKEN
    whatsapp_from: str = "+14155238886"
    voice_from: str = "+13105550100"
    #: Further numbers of the account that may be shown to who is called.
    voice_also: frozenset[str] = frozenset()
    #: Calls of the API that begin in a second; all others wait in Twilio's own line.
    voice_per_second: float = 1
    #: In real time a call's seconds are divided by this, so that somebody can watch it.
    voice_speed: float = 20
    #: Where inbound messages go; None learns it from the first status callback.
    webhook_url: str | None = None

    def __post_init__(self) -> None:
        if self.host not in LOOPBACK:
            msg = f"the sandbox serves on loopback only, not on {self.host}: use 127.0.0.1"
            raise ValueError(msg)

    @property
    def voice_numbers(self) -> frozenset[str]:
        """All numbers that a call may come from."""
        return self.voice_also | {self.voice_from}

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{self.host}:{self.port}"
