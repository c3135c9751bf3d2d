"""What Keap's half and Twilio's half of the sandbox share."""

import random
from collections.abc import Callable
from typing import Any

from recovery.sandbox.clock import Clock
from recovery.sandbox.faults import Faults
from recovery.sandbox.ledger import Ledger
from recovery.sandbox.options import Options

Json = dict[str, Any]


class World:
    """One firm's Keap account, its Twilio account, and the people they both know."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.clock = Clock(speed=options.speed, start=options.start)
        self.ledger = Ledger(self.clock)
        self.faults = Faults(seed=options.seed, rate=options.fault_rate, kinds=options.faults)
        #: Contacts by id, as Keap's API shows them with all fields; Keap's half alone writes here.
        self.contacts: dict[str, Json] = {}
        #: Called with a contact's id after it was created, changed or deleted.
        self.on_contact: list[Callable[[str], None]] = []
        #: Where inbound messages go; Twilio's half learns it from status callbacks.
        self.webhook_url = options.webhook_url
        #: How many vendor requests have come.
        self.requests = 0

    def random(self, *key: object) -> random.Random:
        """Chance from seed and key alone: the same in whatever order things happen."""
        return random.Random(f"{self.options.seed}:{key}")

    def contact_changed(self, contact_id: str) -> None:
        """Tells whoever listens that a contact was created, changed or deleted."""
        for listener in self.on_contact:
            listener(contact_id)
