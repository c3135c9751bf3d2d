"""The firm whose cases live through what the machine makes up, and what is done to its people."""

import random
import tempfile
from collections import Counter, defaultdict
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis.stateful import RuleBasedStateMachine

from recovery.bootstrap import Recovery
from recovery.errors import NothingToDo, Refusal
from recovery.sandbox.directory import line_key
from recovery.sandbox.options import TWILIO_ACCOUNT
from recovery.services.users.service import Role
from tests.chaos.judge import Consents, Silence
from tests.chaos.town import Town, a_town
from tests.chaos.troubles import Moments, Trouble, Troubled, watch
from tests.databases import Template
from tests.installation import SENDER
from tests.stopped_clock import Uptime

MANAGER = "boss@firm.example"
AGREED = "WhatsApp opt-in"


@dataclass(frozen=True)
class Someone:
    """A contact that was made; `line` is the telephone behind every spelling of their number."""

    contact: str
    number: str
    line: str


class CaseWorld(RuleBasedStateMachine):
    """One firm with a handful of people, and no rule yet of what happens to them."""

    template: ClassVar[Template]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        moments, uptime = Moments(), Uptime(patch)
        watch(moments, patch)
        ids = random.Random(0)
        patch.setattr("secrets.token_urlsafe", lambda n=16: f"{ids.getrandbits(8 * n):022x}"[:22])
        self.home: Town = self.stack.enter_context(a_town(folder, self.template))
        self.troubled = Troubled(self.home, moments, uptime)
        self.silence = Silence()
        self.home.fresh.users.add(MANAGER, Role.MANAGER)
        self.made = 0
        self.corrections = 0
        self.everyone: list[Someone] = []
        #: Whose address works, by the firm's word or by Keap's; `sound` are those by Keap's.
        self.healed: set[str] = set()
        self.sound: set[str] = set()
        self.rounds: Counter[str] = Counter()
        #: All telephones that a record ever had.
        self.lines: defaultdict[str, set[str]] = defaultdict(set)
        #: How much had happened when a list forbade a telephone.
        self.barred: dict[str, int] = {}
        #: Whose no a manager lifted, by how much had happened then.
        self.lifted: defaultdict[int, set[str]] = defaultdict(set)
        #: Records with the tag that says so.
        self.agreed: set[str] = set()
        self.consents = Consents()
        self.approved: set[str] = set()

    def _approve(self, batch_id: str) -> None:
        self.home.fresh.approvals.approve(batch_id, as_=MANAGER)
        members = "SELECT contact_id FROM archive_item WHERE batch_id = :id"
        self.approved |= {row["contact_id"] for row in self.home.rows(members, id=batch_id)}

    def _delete(self, trouble: Trouble, *, everything: bool) -> None:
        gone_before = self._gone()
        healed, spoke = set(self.healed), self._spoke()

        def deletion(process: Recovery) -> None:
            for batch in process.archive.batches():
                with suppress(Refusal, NothingToDo):
                    process.deletion.delete(batch.batch.id, everything=everything)

        self.troubled.work(deletion, trouble)
        new = set(self._gone() - gone_before)
        assert not new & healed, "deleted although their address works"
        assert not new & spoke, "deleted although they answered"

    def _finish_deletions(self) -> None:
        """Whatever an approval began goes on under another one where that has run out."""
        for batch in self.home.fresh.archive.batches():
            with suppress(Refusal):
                self._approve(batch.batch.id)
        self._delete(Trouble(), everything=True)

    def _made(self, status: str, *, tags: list[str], number: str = "") -> Someone:
        self.made += 1
        number = number or f"+52551234{self.made:04}"
        contact = self.home.contact(status, phones=(number,), tags=tags)
        self.lines[contact].add(line_key(number))
        self._agrees(contact, agrees=AGREED in tags)
        someone = Someone(contact, number, line_key(number))
        self.everyone.append(someone)
        return someone

    def _changed(self, who: Someone, **body: Any) -> bool:
        if who.contact not in self.home.sandbox.world.contacts:
            return False
        self.home.change(who.contact, **body)
        return True

    def _numbered(self, who: Someone, *numbers: str) -> None:
        """Their record has these numbers now."""
        phones = [
            {"field": f"PHONE{n}", "number": text, "type": "Mobile"}
            for n, text in enumerate(dict.fromkeys(numbers), start=1)
        ]
        self._changed(who, fields={"phone_numbers": phones})
        self.lines[who.contact].update(map(line_key, numbers))
        self.consents.may_be_there(self._theirs(who.contact))

    def _agrees(self, contact: str, *, agrees: bool) -> None:
        (self.agreed.add if agrees else self.agreed.discard)(contact)
        if agrees:
            self.consents.may_be_there(self._theirs(contact))

    def _theirs(self, contact: str) -> set[str]:
        """The telephones of the person behind a record, wherever they are known to be: under every
        record that ever had a telephone in common with it."""
        theirs = set(self.lines[contact])
        while found := [one for one in self.lines.values() if one & theirs and one - theirs]:
            theirs.update(*found)
        return theirs

    def _may_hear_again(self, lines: set[str]) -> None:
        self.lifted[len(self.home.sandbox.ledger())] |= lines
        self.barred = {line: at for line, at in self.barred.items() if line not in lines}
        self.silence.ends(lines, self.home)

    def _rounds_of(self, contact: str) -> int:
        """How often this person may have begun anew."""
        return max((self.rounds[line] for line in self._theirs(contact)), default=0)

    def _stage(self, name: str, trouble: Trouble) -> None:
        self.troubled.stage(name, trouble)
        if name == "pull" and trouble == Trouble():
            agreed = set().union(*(self._theirs(one) for one in self.agreed))
            self.consents.were_read(set().union(*self.lines.values()) - agreed)

    def _gone(self) -> Counter[str]:
        rows = self.home.sandbox.ledger("keap.contact_deleted")
        return Counter(row["id"] for row in rows if row["by"] != "human")

    def _spoke(self) -> set[str]:
        """Who answered something else than a stop, as far as it was heard."""
        heard = "SELECT DISTINCT case_id FROM reply WHERE handled_at IS NOT NULL AND kind <> 'stop'"
        query = f"SELECT contact_id FROM recovery_case WHERE id IN ({heard})"
        return {row["contact_id"] for row in self.home.rows(query)}


def status_form(row: dict[str, Any]) -> dict[str, str]:
    """What Twilio posts to tell a status of its ledger."""
    code = {"ErrorCode": str(row["error_code"])} if row.get("error_code") else {}
    return {
        "AccountSid": TWILIO_ACCOUNT,
        "MessageSid": row["sid"],
        "MessageStatus": row["status"],
        "From": f"whatsapp:{SENDER}",
        "To": "whatsapp:+525512340001",
        **code,
    }
