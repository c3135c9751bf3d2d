"""Where a contender works: the server's address, its own folder, and Recovery set up there."""

import json
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recovery.bootstrap import Recovery

NOON = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
PUBLIC = "https://hooks.example.com"
THREADS = 32
#: Messages a second that nothing reaches.
FULL_SPEED = 100_000.0


@dataclass(frozen=True, slots=True)
class Place:
    """`url` is the vendors' server, `shared` holds what was prepared, `own` is this contender's."""

    url: str
    shared: Path
    own: Path
    #: At most so many messages; 0 is all.
    messages: int = 0
    #: Of our own sender, or of callbacks; huge unless the pace itself is measured.
    messages_per_second: float = FULL_SPEED

    def to_json(self) -> str:
        """For the command line of a child."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> "Place":
        """The place a parent wrote down."""
        found = json.loads(text)
        return cls(**{**found, "shared": Path(found["shared"]), "own": Path(found["own"])})

    def recovery(self, database: str | None = None) -> "Recovery":
        """An installation in `own`, upon a copy of a prepared database if one is named."""
        from recovery.bootstrap import Recovery
        from recovery.settings import Settings

        if database:
            self.copy(database)
        return Recovery(Settings(_env_file=None, **self._settings()), clock=lambda: NOON)  # type: ignore[call-arg]

    def copy(self, database: str) -> None:
        """A copy of a prepared database; stored hashes are keyed, so it needs the same keys."""
        shutil.copytree(self.shared / "keys", self.own / "keys", dirs_exist_ok=True)
        shutil.copy(self.shared / database, self.own / "recovery.db")

    def _settings(self) -> dict[str, Any]:
        from recovery.sandbox.options import KEAP_TOKEN, TWILIO_ACCOUNT, TWILIO_TOKEN

        return {
            "home": self.own,
            "account": "Casa Prado",
            "pace": "full",
            "public_url": PUBLIC,
            "keap": {
                "base_url": f"{self.url}/crm",
                "token": KEAP_TOKEN,
                "calls_per_second": 100_000,
            },
            "twilio": {
                "base_url": self.url,
                "account_sid": TWILIO_ACCOUNT,
                "auth_token": TWILIO_TOKEN,
                "whatsapp_from": "+14155238886",
                "messages_per_second": self.messages_per_second,
            },
        }

    def forms(self) -> list[dict[str, Any]]:
        """The messages that our own reach sends, as the fields Twilio gets."""
        found: list[dict[str, Any]] = json.loads((self.shared / "messages.json").read_text())
        return found[: self.messages or None]
