"""What the firm's own people do meanwhile: tags, second addresses, lists, and another policy."""

from contextlib import suppress

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, rule

from recovery.domain.contact import ContactId
from recovery.errors import Refusal
from tests.chaos.case_world import AGREED, MANAGER, CaseWorld, Someone
from tests.chaos.troubles import Trouble

#: So many records of one number are more than one person has.
_AN_OFFICE = 5
#: What a firm may change its mind about, one at a time; nothing is the policy it began with.
RULES = (
    "",
    'hard_bounce = { open = "never" }\n',
    'hard_bounce = { open = "on_request", messages = 1 }\n',
    'invalid_email = { whatsapp = "never", messages = 0, calls = 1 }\n',
    'opt_out = { open = "auto" }\nopt_out_system = { open = "never" }\n',
)


class FirmRules(CaseWorld):
    """Done by hand in Keap, on a manager's pages, and in files."""

    people = Bundle("people")

    @rule(who=people)
    def a_number_is_an_offices(self, who: Someone) -> None:
        """More records have it than one person plausibly has."""
        while self.made < _AN_OFFICE:
            self._made("HARD_BOUNCE", tags=[AGREED])
        for other in self.everyone:
            self._numbered(other, other.number, who.number)

    @rule(who=people, agrees=st.booleans())
    def a_tag_says_whether_they_agreed(self, who: Someone, agrees: bool) -> None:
        if self._changed(who, **{"tags" if agrees else "untag": [AGREED]}):
            self._agrees(who.contact, agrees=agrees)

    @rule(who=people, status=st.sampled_from(("CONFIRMED", "HARD_BOUNCE", "MANUAL")))
    def a_second_address_is_noted(self, who: Someone, status: str) -> None:
        contact = self.home.sandbox.world.contacts.get(who.contact)
        if contact is None:
            return
        first = [one for one in contact["email_addresses"] if one["field"] == "EMAIL1"]
        spare = f"spare{who.contact}@example.com"
        if [one["email"] for one in first] == [spare]:
            return
        rows = [*first, {"email": spare, "field": "EMAIL2"}]
        self._changed(who, fields={"email_addresses": rows}, email_status={spare: status})

    @rule(yes=st.booleans())
    def a_manager_decides_free_wins(self, yes: bool) -> None:
        wins = self.home.fresh.wins
        decided = (wins.approve if yes else wins.reject)(None, as_=MANAGER)
        for contact in decided.contacts if yes else ():
            self.rounds.update(self._theirs(contact))

    @rule(who=people)
    def a_manager_asks_for_them(self, who: Someone) -> None:
        started = self.home.fresh.reps.lists.start([who.contact], by=MANAGER)
        if started.asked:
            self.rounds.update(self._theirs(who.contact))

    @rule(who=people)
    def a_list_says_they_want_no_contact(self, who: Someone) -> None:
        row = {"number": who.number, "country": "MX"}
        given = {"source": "a list", "date": f"{self.home.now:%Y-%m-%d}"}
        self.home.fresh.imports.do_not_contact([(2, row)], defaults=given, is_block_list=False)
        self.barred.setdefault(who.line, len(self.home.sandbox.ledger()))

    @rule(who=people, only_now=st.booleans())
    def they_want_to_hear_of_us_again(self, who: Someone, only_now: bool) -> None:
        """They write so, perhaps a moment after a no, and a manager lifts it."""
        if only_now:
            self.home.says(who.number, "STOP")
            self.troubled.stage("record", Trouble())
            self.troubled.pass_time(minutes=5)
        self.home.says(who.number, "hola, quiero volver a recibir sus noticias")
        self.troubled.stage("record", Trouble())
        with suppress(Refusal):
            contact = ContactId(who.contact)
            self.home.fresh.lifting.lift(contact, reason="they wrote", as_=MANAGER)
            self._may_hear_again(self.lines[contact])

    @rule(rules=st.sampled_from(RULES))
    def the_policy_becomes_another(self, rules: str) -> None:
        self.home.ruled_by(rules)
