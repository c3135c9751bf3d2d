"""Settings: environment or `.env`, prefix RECOVERY_, nested by `__`. Defaults reach nobody."""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from recovery.errors import ConfigurationError

KEAP_URL = "https://api.keap.com/crm"
KEAP_TOKEN_URL = "https://api.infusionsoft.com/token"  # noqa: S105 (an address, not a secret)


def _safe_address(url: str) -> str:
    # A credential goes there with every request: in clear only where nobody else can listen.
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("write the whole address, beginning with https://")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("use https://; plain http is for this machine alone (127.0.0.1)")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _listed(text: str) -> list[str]:
    return text.replace(",", " ").split()


Address = Annotated[str, AfterValidator(_safe_address)]
PerSecond = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _in_one_piece(secret: SecretStr) -> SecretStr:
    # It goes into a header: one with a line break never leaves, as if the network were away.
    if any(map(str.isspace, secret.get_secret_value())):
        raise ValueError("has a space or a line break in it or at its end: copy it once more")
    return secret


Secret = Annotated[SecretStr, AfterValidator(_in_one_piece)]


class KeapSettings(BaseModel):
    """How to reach Keap: one token, or the four values of OAuth2."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: Address = KEAP_URL
    token: Secret | None = None  # service account key or personal access token
    client_id: str | None = None
    client_secret: Secret | None = None
    refresh_token: Secret | None = None
    token_url: Address = KEAP_TOKEN_URL
    calls_per_second: PerSecond = 1.0
    user_id: str | None = None  # who writes notes; default the token's user


class TwilioSettings(BaseModel):
    """How to reach Twilio; senders are one number, or by country: `BR=+55…,MX=+52…,*=+1…`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: Address | None = Field(
        default=None, description="every Twilio product goes there when set"
    )
    account_sid: str | None = None
    auth_token: Secret | None = None
    previous_auth_token: Secret | None = None  # accepted during rotation
    whatsapp_from: str | None = None
    voice_from: str | None = None
    messaging_service_sid: str | None = None
    messages_per_second: PerSecond = 80.0
    calls_per_second: PerSecond = 1.0


class Settings(BaseSettings):
    """All that a deployment may set; see README, `Settings`."""

    model_config = SettingsConfigDict(
        env_prefix="RECOVERY_",
        env_nested_delimiter="__",
        env_file=".env",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
    )

    home: Path = Path("var")
    account: str = "Recovery"
    pace: Literal["careful", "full"] = "careful"
    database_url: str | None = None
    # Where Twilio reports what became of a message: one that it cannot read loses the message.
    public_url: Address | None = None
    trusted_proxies: str = ""  # addresses whose X-Forwarded-For is believed, by comma
    policy: Path | None = None
    templates: Path | None = None
    live_sending: bool = False
    live_deleting: bool = False
    keap: KeapSettings = KeapSettings()
    twilio: TwilioSettings = TwilioSettings()

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, text: str) -> str:
        # A name or a network would match no caller, and every rep would have the proxy's address.
        try:
            for one in _listed(text):
                ip_address(one)
        except ValueError:
            raise ValueError("write IP addresses, by comma, such as 127.0.0.1") from None
        return text

    @field_validator("public_url")
    @classmethod
    def _without_trailing_slash(cls, url: str | None) -> str | None:
        return url.rstrip("/") if url else None

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy URL; the embedded default is `recovery.db` under the home."""
        return self.database_url or f"sqlite:///{(self.home / 'recovery.db').absolute()}"

    @property
    def proxies(self) -> frozenset[str]:
        """Addresses of the proxies in front of the web app."""
        return frozenset(_listed(self.trusted_proxies))

    @property
    def spool(self) -> Path:
        """Where callbacks wait that the database could not take."""
        return self.home / "spool"

    @property
    def archives(self) -> Path:
        """Where archive files and workbooks are kept."""
        return self.home / "archives"


def names() -> Iterator[str]:
    """Every variable that is read, `RECOVERY_KEAP__TOKEN` and the like."""
    for name, one in Settings.model_fields.items():
        inner = one.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from (_variable((name, part)) for part in inner.model_fields)
        else:
            yield _variable((name,))


def load_settings() -> Settings:
    """Settings of this process; raises ConfigurationError naming each wrong variable."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"{_variable(e['loc'])}: {_told(e)}" for e in error.errors()]
        raise ConfigurationError("; ".join(lines)) from None
    except SettingsError:
        raise ConfigurationError(
            "RECOVERY_KEAP and RECOVERY_TWILIO are groups: set their parts one by one, such as "
            "RECOVERY_KEAP__TOKEN"
        ) from None


def _variable(location: tuple[int | str, ...]) -> str:
    return "RECOVERY_" + "__".join(str(part) for part in location).upper()


def _told(error: Any) -> str:
    match error["type"]:
        case "extra_forbidden":
            close = get_close_matches(_variable(error["loc"]), list(names()), n=1)
            mend = f"did you mean {close[0]}?" if close else "the README lists them all"
            return f"there is no such setting; {mend}"
        case "bool_parsing":
            return "must be true or false"
        case "float_parsing":
            return "must be a number"
    return str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "must be")
