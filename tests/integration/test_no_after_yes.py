"""Who agrees and then says no is told to Keap as somebody who said no; who gives an address after
another was chosen for them waits for their own."""

from collections.abc import Callable
from typing import Any

import pytest

from recovery.adapters.keap.client import KeapClient
from recovery.errors import Call, TemporaryFailure
from recovery.services.reps.desk import Agreed
from recovery.services.users.service import Role
from tests.installation import MEXICAN, Home

REP, BOSS = "ana@firm.example", "boss@firm.example"


def with_second_address(home: Home) -> str:
    contact = home.contact()
    (first,) = home.shown(contact)["contact"]["email_addresses"]
    second = {"email": "casa@example.com", "field": "EMAIL2"}
    home.change(contact, fields={"email_addresses": [first, second]})
    home.change(contact, email_status={"casa@example.com": "SINGLE_OPT_IN"})
    return contact


def approved(home: Home) -> str:
    home.fresh.users.add(BOSS, Role.MANAGER)
    contact = with_second_address(home)
    home.run("pull", "route")
    home.fresh.wins.approve(None, as_=BOSS)
    return contact


def agreed(home: Home) -> str:
    contact = home.contact("MANUAL")
    home.run("pull", "route")
    case = int(home.case(contact)["id"])
    home.fresh.reps.desk.consent(REP, case, Agreed.EMAIL, words="sí, por correo")
    return contact


def told_an_address(home: Home) -> str:
    contact = home.contact()
    home.run("pull", "route")
    case = int(home.case(contact)["id"])
    home.fresh.reps.desk.new_email(REP, case, "ana.nueva@empresa.com", words="por teléfono")
    return contact


@pytest.mark.parametrize("says_yes", [approved, agreed, told_an_address])
def test_a_stop_ends_what_keap_was_to_be_told_of_a_yes(
    home: Home, says_yes: Callable[[Home], str]
) -> None:
    contact = says_yes(home)
    before = home.shown(contact)["contact"]["email_addresses"]
    home.says(MEXICAN, "STOP, no me escriban más")
    home.move(minutes=1)
    home.run("record", "route")
    assert home.shown(contact)["contact"]["email_addresses"] == before
    case = home.case(contact)
    assert (bool(case["stopped"]), case["state"]) == (True, "hold")


def test_a_refusal_of_email_is_not_undone_by_a_consent_that_keap_could_not_take_yet(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = agreed(home)
    opt_in, tries = KeapClient.opt_in, []

    def busy_at_first(keap: KeapClient, *given: Any, **more: Any) -> Any:
        tries.append(given)
        if len(tries) == 1:
            raise TemporaryFailure(Call("keap", "opt in", 503, None), "busy")
        return opt_in(keap, *given, **more)

    monkeypatch.setattr(KeapClient, "opt_in", busy_at_first)
    home.run("record")
    home.says(MEXICAN, "STOP, no me manden más correos ni mensajes")
    for _ in range(3):
        home.move(minutes=10)
        home.run("record")
    (address,) = home.shown(contact)["contact"]["email_addresses"]
    assert len(tries) == 1
    assert address["email_opt_status"] == "MANUAL"


def test_a_win_that_is_lost_leaves_the_address_that_they_gave_meanwhile(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = approved(home)
    case = int(home.case(contact)["id"])
    home.fresh.reps.desk.new_email(REP, case, "ana.nueva@empresa.com", words="por teléfono")
    home.change(contact, email_status={"casa@example.com": "HARD_BOUNCE"})
    promote = KeapClient.set_primary_email

    def busy(keap: KeapClient, contact_id: Any, email: str, **more: Any) -> Any:
        if email == "ana.nueva@empresa.com":
            raise TemporaryFailure(Call("keap", "change contact", 503, None), "busy")
        return promote(keap, contact_id, email, **more)

    monkeypatch.setattr(KeapClient, "set_primary_email", busy)
    home.run("record", "route", "reach")
    assert home.messages() == []
    assert home.case(contact)["pending_email"] == "ana.nueva@empresa.com"
