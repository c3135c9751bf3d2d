"""T9: lives of cases that nobody thought of, step by step, each with a process that may die, stand
still or meet another one, and providers that answer as they like; judged after every step.

`CHAOS_SEED=n` repeats a run. What a person may expect is the model: whoever said stop is never
written to again, nobody is told a thing twice, nobody is deleted unapproved or who came back.
"""

import os
import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from recovery.bootstrap import Recovery
from recovery.errors import Refusal
from recovery.sandbox.directory import line_key
from recovery.services.reps.dispositions import Word
from tests.chaos.case_firm import FirmRules
from tests.chaos.case_world import AGREED, Someone, status_form
from tests.chaos.judge import (
    BY_A_REP,
    every_end_is_known,
    every_message_has_a_row,
    invariants_hold,
    keap_was_told_once,
    no_deletion_is_half_way,
    no_reply_is_lost,
    nobody_was_told_twice,
    nothing_is_half_way,
)
from tests.chaos.troubles import TROUBLES, Trouble
from tests.databases import Template

SEED = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(10_000))
LANES = 2
REP = "rosa@firm.example"
STATUSES = (
    "HARD_BOUNCE",
    "INVALID",
    "LOCKDOWN",
    "MANUAL",
    "SYSTEM",
    "SPAM",
    "BOUNCE",
    "NON_MARKETABLE",
)
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


class CaseLifecycle(FirmRules):
    """What happens to them, in any order, and what must hold after each step."""

    people = Bundle("people")

    # ------------------------------------------------------------------ people and Keap

    @initialize(target=people)
    def somebody(self) -> Someone:
        """The first one, whose message has left."""
        one = self._made("HARD_BOUNCE", tags=[AGREED])
        self.home.send()
        return one

    @precondition(lambda self: self.made < 6)
    @rule(target=people, status=st.sampled_from(STATUSES), consents=st.booleans())
    def somebody_new(self, status: str, consents: bool) -> Someone:
        return self._made(status, tags=[AGREED] if consents else [])

    @precondition(lambda self: self.made < 6)
    @rule(target=people, who=people, status=st.sampled_from(STATUSES))
    def another_record_of_the_same_phone(self, who: Someone, status: str) -> Someone:
        other = who.number.replace("+52", "+521") if who.number[3] != "1" else who.number
        return self._made(status, tags=[AGREED], number=other)

    @rule(who=people)
    def an_address_heals(self, who: Someone) -> None:
        if self._changed(who, status="DOUBLE_OPT_IN"):
            if who.contact not in self.sound:
                self.rounds.update(self._theirs(who.contact))
            self.sound.add(who.contact)
            self.healed.add(who.contact)

    @rule(who=people, status=st.sampled_from(STATUSES))
    def a_status_changes(self, who: Someone, status: str) -> None:
        self._changed(who, status=status)
        self.sound.discard(who.contact)
        self.healed.discard(who.contact)

    @rule(who=people)
    def somebody_of_the_firm_corrects_the_address(self, who: Someone) -> None:
        # Another one each time: Keap remembers how an address fared.
        self.corrections += 1
        rows = [{"email": f"corrected{self.corrections}@example.com", "field": "EMAIL1"}]
        if self._changed(who, fields={"email_addresses": rows}):
            self.sound.discard(who.contact)
            self.healed.add(who.contact)

    @rule(who=people, other=people)
    def a_number_moves_to_another_record(self, who: Someone, other: Someone) -> None:
        """As when somebody of the firm tidies up, or a family shares a telephone no more."""
        if who.contact != other.contact:
            self._numbered(who)
            self._numbered(other, who.number)

    @rule(who=people, other=people)
    def a_number_is_added_to_another_record(self, who: Someone, other: Someone) -> None:
        self._numbered(other, other.number, who.number)

    @rule(who=people)
    def their_own_number_comes_back(self, who: Someone) -> None:
        self._numbered(who, who.number)

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
            inbox.keep([inbox.accept_status(token, status_form(row))])
        if applied:
            self.home.fresh.news.apply_callbacks()

    # ------------------------------------------------------------------ the engine

    @rule(trouble=TROUBLES)
    def pull(self, trouble: Trouble) -> None:
        self._stage("pull", trouble)

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
            self._stage(name, trouble)

    @rule(days=st.integers(1, 3))
    def quiet_days(self, days: int) -> None:
        """Nothing goes wrong, so that lives get on to their later steps."""
        for _ in range(days):
            noon = (self.home.now + timedelta(days=1)).replace(hour=16, minute=0)
            self.troubled.pass_time(seconds=(noon - self.home.now).total_seconds())
            self.a_night(Trouble())

    @rule(trouble=TROUBLES)
    def the_web_app_takes_its_turn(self, trouble: Trouble) -> None:
        def turn(process: Recovery) -> None:
            process.news.apply_callbacks()
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

    @rule(code=st.sampled_from(RESULTS), undone=st.booleans())
    def a_rep_works_the_next_call(self, code: str, undone: bool) -> None:
        """When it is due; by chance alone that hour would hardly ever be met."""
        queued = "SELECT due_at FROM attempt WHERE state = 'queued' ORDER BY due_at"
        for row in self.home.rows(queued)[:1]:
            due_at = datetime.fromisoformat(str(row["due_at"])).replace(tzinfo=UTC)
            self.troubled.pass_time(seconds=max(0.0, (due_at - self.home.now).total_seconds()))
        self.a_rep_takes_the_next_card()
        self.a_rep_says_what_happened(code, undone)

    @rule()
    def a_rep_writes(self) -> None:
        reps = self.home.fresh.reps
        held = reps.queue.held(REP)
        with suppress(Refusal):
            if held:
                reps.writing.write(REP, held.case_id, f"{BY_A_REP} ({self.made})")

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

    @precondition(lambda self: self.approved)
    @rule(trouble=TROUBLES, everything=st.booleans())
    def delete(self, trouble: Trouble, everything: bool) -> None:
        self._delete(trouble, everything=everything)

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
        nobody_was_told_twice(self.home, self.rounds)
        tokens = Counter(m["token"] for m in self.home.messages())
        assert set(tokens.values()) <= {1}, "one message was asked for twice"

    @invariant()
    def nobody_hears_of_us_after_a_stop(self) -> None:
        silent: set[str] = set()
        for n, row in enumerate(self.home.sandbox.ledger()):
            silent -= self.lifted.get(n, set())
            if row["kind"] == "inbound" and row["body"] in STOPS:
                silent.add(line_key(row["from"].removeprefix("whatsapp:")))
            if row["kind"] == "message" and row["content_name"]:
                assert row["line"] not in silent, "written to after a stop"

    @invariant()
    def nobody_hears_of_us_after_a_list_forbade_it(self) -> None:
        ledger = self.home.sandbox.ledger()
        for line, since in self.barred.items():
            told = [row for row in ledger[since:] if row["kind"] == "message"]
            assert not [row for row in told if row["content_name"] and row["line"] == line]

    @invariant()
    def no_rep_writes_after_a_stop_is_known(self) -> None:
        self.silence.look(self.home)

    @invariant()
    def nobody_is_written_to_who_is_known_to_have_agreed_nowhere(self) -> None:
        self.consents.look(self.home)

    @invariant()
    def keap_is_told_once(self) -> None:
        keap_was_told_once(self.home, self._rounds_of)

    @invariant()
    def only_approved_people_are_deleted_and_once(self) -> None:
        gone = self._gone()
        assert set(gone.values()) <= {1}
        assert set(gone) <= self.approved

    def teardown(self) -> None:
        """Faults end, time passes, and everything comes to its end by itself."""
        try:
            self.home.restart()
            # The last wait is that of the last look at a message whose phone was off for hours.
            for minutes in (61, 3, 11, 61, 130, 300, 600, 1500):
                self.troubled.pass_time(minutes=minutes)
                self.troubled.stage("record", Trouble())
            self._finish_deletions()
            self.troubled.stage("record", Trouble())  # what Keap is owed of their ends
            every_message_has_a_row(self.home)
            every_end_is_known(self.home)
            no_reply_is_lost(self.home)
            nothing_is_half_way(self.home)
            no_deletion_is_half_way(self.home)
            invariants_hold(self.home)
        finally:
            self.stack.close()


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
