"""T9: lives of cases that nobody thought of, step by step, each with a process that may die, stand
still or meet another one, and providers that answer as they like; judged after every step.

`CHAOS_SEED=n` repeats a run. What a person may expect is the model: whoever said stop is never
written to again, nobody is told a thing twice, nobody is deleted unapproved or who came back.
"""

import os
import random
import tempfile
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from recovery.bootstrap import Recovery
from recovery.errors import NothingToDo, Refusal
from recovery.sandbox.directory import line_key
from recovery.sandbox.options import TWILIO_ACCOUNT
from recovery.services.reps.dispositions import Word
from recovery.services.users.service import Role
from tests.chaos.judge import (
    Silence,
    every_end_is_known,
    every_message_has_a_row,
    invariants_hold,
    keap_was_told_once,
    no_deletion_is_half_way,
    no_reply_is_lost,
    nobody_was_told_twice,
    nothing_is_half_way,
)
from tests.chaos.town import a_town
from tests.chaos.troubles import TROUBLES, Moments, Trouble, Troubled, watch
from tests.databases import Template
from tests.installation import SENDER, Home
from tests.stopped_clock import Monotonic

SEED = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(10_000))
LANES = 2
REP, MANAGER = "rosa@firm.example", "boss@firm.example"
STATUSES = ("HARD_BOUNCE", "INVALID", "LOCKDOWN", "MANUAL", "SYSTEM", "SPAM", "BOUNCE")
STOPS = ("STOP", "BAJA", "ya no me escriban")
TEXTS = (
    "mi correo es ana.nueva@empresa.example.com",
    "sí",
    "no",
    "llámame mañana a las 10",
    "se equivocó de persona",
    "¿quién es?",
)
RESULTS = ("no_answer", "busy", "refused", "wrong_number", "do_not_contact", "spoke")


@dataclass(frozen=True)
class Someone:
    """A contact that was made; `line` is the telephone behind every spelling of their number."""

    contact: str
    number: str
    line: str


class CaseLifecycle(RuleBasedStateMachine):
    """One firm with a handful of people."""

    template: ClassVar[Template]
    people = Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        patch = self.stack.enter_context(pytest.MonkeyPatch.context())
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        moments, monotonic = Moments(), Monotonic(patch)
        watch(moments, patch)
        ids = random.Random(0)
        patch.setattr("secrets.token_urlsafe", lambda n=16: f"{ids.getrandbits(8 * n):022x}"[:22])
        self.home: Home = self.stack.enter_context(a_town(folder, self.template))
        self.troubled = Troubled(self.home, moments, monotonic)
        self.silence = Silence()
        self.home.fresh.users.add(MANAGER, Role.MANAGER)
        self.made = 0
        self.healed: set[str] = set()
        self.approved: set[str] = set()

    # ------------------------------------------------------------------ people and Keap

    @initialize(target=people)
    def somebody(self) -> Someone:
        """The first one, whose message has left."""
        one = self._made("HARD_BOUNCE", tags=["WhatsApp opt-in"])
        self.home.send()
        return one

    @precondition(lambda self: self.made < 6)
    @rule(target=people, status=st.sampled_from(STATUSES), consents=st.booleans())
    def somebody_new(self, status: str, consents: bool) -> Someone:
        return self._made(status, tags=["WhatsApp opt-in"] if consents else [])

    @precondition(lambda self: self.made < 6)
    @rule(target=people, who=people, status=st.sampled_from(STATUSES))
    def another_record_of_the_same_phone(self, who: Someone, status: str) -> Someone:
        other = who.number.replace("+52", "+521") if who.number[3] != "1" else who.number
        return self._made(status, tags=["WhatsApp opt-in"], number=other)

    @rule(who=people)
    def an_address_heals(self, who: Someone) -> None:
        if self._changed(who, status="DOUBLE_OPT_IN"):
            self.healed.add(who.contact)

    @rule(who=people, status=st.sampled_from(STATUSES))
    def a_status_changes(self, who: Someone, status: str) -> None:
        if who.contact not in self.healed:
            self._changed(who, status=status)

    @rule(who=people)
    def somebody_of_the_firm_corrects_the_address(self, who: Someone) -> None:
        rows = [{"email": f"corrected{who.contact}@example.com", "field": "EMAIL1"}]
        if self._changed(who, fields={"email_addresses": rows}):
            self.healed.add(who.contact)

    @rule(who=people)
    def a_contact_is_merged_away(self, who: Someone) -> None:
        self._changed(who, delete=True)

    # ------------------------------------------------------------------ what people write

    @rule(who=people, text=st.sampled_from(TEXTS))
    def somebody_writes(self, who: Someone, text: str) -> None:
        self.home.says(who.number, text)

    @rule(who=people, text=st.sampled_from(STOPS))
    def somebody_says_stop(self, who: Someone, text: str) -> None:
        self.home.says(who.number, text)

    @rule(
        place=st.integers(0, 30),
        times=st.integers(1, 3),
        backwards=st.booleans(),
        applied=st.booleans(),
    )
    def callbacks_come(self, place: int, times: int, backwards: bool, applied: bool) -> None:
        """Late, again and in any order: what the provider told once and nobody heard."""
        told = self.home.sandbox.ledger("callback")[place : place + 3]
        for row in (told[::-1] if backwards else told) * times:
            token = row["url"].rsplit("/", 1)[-1]
            inbox = self.home.fresh.inbox
            inbox.keep([inbox.accept_status(token, _form(row))])
        if applied:
            self.home.fresh.record.apply_callbacks()

    # ------------------------------------------------------------------ the engine

    @rule(trouble=TROUBLES)
    def pull(self, trouble: Trouble) -> None:
        self.troubled.stage("pull", trouble)

    @rule(trouble=TROUBLES)
    def route(self, trouble: Trouble) -> None:
        self.troubled.stage("route", trouble)

    @rule(trouble=TROUBLES)
    def reach(self, trouble: Trouble) -> None:
        self.troubled.stage("reach", trouble)

    @rule(trouble=TROUBLES)
    def record(self, trouble: Trouble) -> None:
        self.troubled.stage("record", trouble)

    @rule(trouble=TROUBLES)
    def a_night(self, trouble: Trouble) -> None:
        for name in ("record", "pull", "route", "reach"):
            self.troubled.stage(name, trouble)

    @rule(trouble=TROUBLES)
    def the_web_app_takes_its_turn(self, trouble: Trouble) -> None:
        def turn(process: Recovery) -> None:
            process.record.apply_callbacks()
            process.answering.understand()
            process.answering.answer_if_allowed()
            process.reps.catch_up()
            process.reps.writing.send_due()

        self.troubled.work(turn, trouble)

    @rule()
    def a_process_is_restarted(self) -> None:
        self.home.restart()

    # ------------------------------------------------------------------ the firm's people

    @rule()
    def a_rep_takes_the_next_card(self) -> None:
        self.home.fresh.reps.queue.refresh()
        with suppress(Refusal):
            self.home.fresh.reps.queue.next(REP)

    @rule(code=st.sampled_from(RESULTS), undone=st.booleans())
    def a_rep_says_what_happened(self, code: str, undone: bool) -> None:
        reps = self.home.fresh.reps
        held = reps.queue.held(REP)
        with suppress(Refusal):
            if held:
                said = reps.dispositions.say(REP, held.case_id, Word(code))
                if undone:
                    reps.dispositions.undo(REP, said.id)

    @rule()
    def a_rep_writes(self) -> None:
        reps = self.home.fresh.reps
        held = reps.queue.held(REP)
        with suppress(Refusal):
            if held:
                reps.writing.write(REP, held.case_id, f"Hola, soy Rosa ({self.made})")

    # ------------------------------------------------------------------ the end

    @rule(trouble=TROUBLES)
    def archive(self, trouble: Trouble) -> None:
        self.troubled.stage("archive", trouble)

    @rule(again=st.booleans(), late=st.booleans())
    def a_manager_approves(self, again: bool, late: bool) -> None:
        for batch in self.home.fresh.archive.batches()[:1]:
            with suppress(Refusal):
                self._approve(batch.batch.id)
                if again:
                    with pytest.raises(Refusal):
                        self._approve(batch.batch.id)
                if late:
                    self.troubled.pass_time(hours=200)

    def _approve(self, batch_id: str) -> None:
        self.home.fresh.approvals.approve(batch_id, as_=MANAGER)
        members = "SELECT contact_id FROM archive_item WHERE batch_id = :id"
        self.approved |= {row["contact_id"] for row in self.home.rows(members, id=batch_id)}

    @precondition(lambda self: self.approved)
    @rule(trouble=TROUBLES, everything=st.booleans())
    def delete(self, trouble: Trouble, everything: bool) -> None:
        self._delete(trouble, everything=everything)

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

    # ------------------------------------------------------------------ time

    @rule(minutes=st.sampled_from([1, 3, 11, 61, 240]))
    def minutes_pass(self, minutes: int) -> None:
        self.troubled.pass_time(minutes=minutes)

    @rule(days=st.sampled_from([1, 2, 3, 7, 15]))
    def days_pass(self, days: int) -> None:
        self.troubled.pass_time(days=days)

    @rule()
    def our_clock_is_set_back(self) -> None:
        self.home.now -= timedelta(minutes=10)

    # ------------------------------------------------------------------ the oracle

    @invariant()
    def what_always_holds_holds(self) -> None:
        invariants_hold(self.home)

    @invariant()
    def nobody_is_told_twice(self) -> None:
        nobody_was_told_twice(self.home)
        tokens = Counter(m["token"] for m in self.home.messages())
        assert set(tokens.values()) <= {1}, "one message was asked for twice"

    @invariant()
    def nobody_hears_of_us_after_a_stop(self) -> None:
        silent: set[str] = set()
        for row in self.home.sandbox.ledger():
            if row["kind"] == "inbound" and row["body"] in STOPS:
                silent.add(line_key(row["from"].removeprefix("whatsapp:")))
            if row["kind"] == "message" and row["content_name"]:
                assert row["line"] not in silent, "written to after a stop"

    @invariant()
    def no_rep_writes_after_a_stop_is_known(self) -> None:
        self.silence.look(self.home)

    @invariant()
    def keap_is_told_once(self) -> None:
        keap_was_told_once(self.home)

    @invariant()
    def only_approved_people_are_deleted_and_once(self) -> None:
        gone = self._gone()
        assert set(gone.values()) <= {1}
        assert set(gone) <= self.approved

    def teardown(self) -> None:
        """Faults end, time passes, and everything comes to its end by itself."""
        try:
            self.home.restart()
            for minutes in (61, 3, 11, 61, 130, 300):
                self.troubled.pass_time(minutes=minutes)
                self.troubled.stage("record", Trouble())
            self._finish_deletions()
            every_message_has_a_row(self.home)
            every_end_is_known(self.home)
            no_reply_is_lost(self.home)
            nothing_is_half_way(self.home)
            no_deletion_is_half_way(self.home)
            invariants_hold(self.home)
        finally:
            self.stack.close()

    # ------------------------------------------------------------------ how it is done

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
        return Someone(contact, number, line_key(number))

    def _changed(self, who: Someone, **body: Any) -> bool:
        if who.contact not in self.home.sandbox.world.contacts:
            return False
        self.home.change(who.contact, **body)
        return True

    def _gone(self) -> Counter[str]:
        rows = self.home.sandbox.ledger("keap.contact_deleted")
        return Counter(row["id"] for row in rows if row["by"] != "human")

    def _spoke(self) -> set[str]:
        """Who answered something else than a stop, as far as it was heard."""
        heard = "SELECT DISTINCT case_id FROM reply WHERE handled_at IS NOT NULL AND kind <> 'stop'"
        query = f"SELECT contact_id FROM recovery_case WHERE id IN ({heard})"
        return {row["contact_id"] for row in self.home.rows(query)}


def _form(row: dict[str, Any]) -> dict[str, str]:
    code = {"ErrorCode": str(row["error_code"])} if row.get("error_code") else {}
    return {
        "AccountSid": TWILIO_ACCOUNT,
        "MessageSid": row["sid"],
        "MessageStatus": row["status"],
        "From": f"whatsapp:{SENDER}",
        "To": "whatsapp:+525512340001",
        **code,
    }


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("lane", range(LANES))
def test_whatever_happens_to_a_case_the_promises_hold(
    migrated: Template, full: bool, lane: int
) -> None:
    print(f"CHAOS_SEED={SEED}")  # noqa: T201 (shown where the test fails)
    examples, steps = (2000, 100) if full else (60, 40)
    machine = type("CaseLifecycle", (CaseLifecycle,), {"template": migrated})
    run_state_machine_as_test(
        seed(SEED * LANES + lane)(machine),
        settings=settings(
            max_examples=examples // LANES,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=True,
        ),
    )
