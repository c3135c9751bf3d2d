"""What slows, stops or shuts: brakes, pacing, the gate of promises, and who must know."""

from functools import cached_property

from recovery.adapters.db.attention import SqlAttentionStore
from recovery.adapters.db.brakes import SqlBrakeStore
from recovery.adapters.db.gate import SqlPromiseStore
from recovery.adapters.db.reach.pacing import SqlPacingStore
from recovery.adapters.twilio import codes
from recovery.bootstrap.twilio import TwilioParts
from recovery.services.attention import Attention
from recovery.services.brakes import Brakes
from recovery.services.promises import Promises
from recovery.services.reach.pacing import Pacing


class BrakeParts(TwilioParts):
    """Adds whatever may say that nothing leaves now."""

    @property
    def brakes(self) -> Brakes:
        """What slows or stops sending."""
        store = SqlBrakeStore(self.database)
        return Brakes(store=store, fault=codes.fault, explain=codes.explain, clock=self.clock)

    @property
    def pacing(self) -> Pacing:
        """How many people may be written to now."""
        senders = self.messenger.our_senders
        return Pacing(
            store=SqlPacingStore(self.database),
            brakes=self.brakes,
            messenger=self.messenger,
            sender_for=senders.for_number,
            our_numbers=senders.numbers,
            pace=self.settings.pace,
            clock=self.clock,
        )

    @cached_property
    def promises(self) -> Promises:
        """The gate before everything that cannot be taken back."""
        return Promises(SqlPromiseStore(self.database), self.clock)

    @property
    def attention(self) -> Attention:
        """What needs a person of the team."""
        return Attention(
            SqlAttentionStore(self.database),
            promises=self.promises.latched,
            brakes=self.brakes.holds,
            clock=self.clock,
        )

    def _may_send(self) -> None:
        self.guard.may_send()
        self.promises.must_hold()

    def _may_answer(self) -> None:
        self.guard.may_send()
        self.brakes.must_let_answers_go()

    def _may_delete(self) -> None:
        self.guard.may_delete()
        self.promises.must_hold()
