"""Who agreed waits for Keap to show it, and not for ever."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from recovery.adapters.keap.client import KeapClient
from recovery.adapters.keap.wire import Wire
from recovery.domain.case import Disposition
from recovery.domain.email_status import EmailStatus
from recovery.services.record.by_person import CallResult
from tests.installation import MEXICAN, Home, policy_file


@pytest.fixture
def keap_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keap takes an opt-in and leaves the status as it was, as it does for some."""
    monkeypatch.setattr(KeapClient, "opt_in", lambda *_, **__: EmailStatus.MANUAL)


def agreed(home: Home) -> str:
    contact = agreed_just_now(home)
    home.run("record")
    return contact


def agreed_just_now(home: Home) -> str:
    contact = home.contact("MANUAL", tags=[])
    home.send()
    home.fresh.by_person.dispose(CallResult(contact, Disposition.CONSENT, "rep@firm.example"))
    assert home.case(contact)["state"] == "consented"
    return contact


def why(home: Home, contact: str) -> str:
    query = "SELECT kind FROM outcome WHERE case_id = :id ORDER BY id DESC LIMIT 1"
    return str(home.one(query, id=home.case(contact)["id"])["kind"])


@pytest.mark.usefixtures("keap_refuses")
def test_a_refused_opt_in_is_for_a_person_at_once(home: Home) -> None:
    contact = agreed(home)
    assert (home.case(contact)["state"], why(home, contact)) == ("engaged", "opt_in_refused")


@pytest.mark.usefixtures("keap_refuses")
def test_where_the_firm_has_a_form_keap_has_two_weeks(
    make_home: Callable[..., Home], tmp_path: Path
) -> None:
    policy = policy_file(tmp_path, 'confirm_url = "https://firm.example/confirm"\n')
    home = make_home(policy=policy)
    contact = agreed(home)
    home.next_day(13)
    home.run("record")
    assert home.case(contact)["state"] == "consented"
    home.next_day(2)
    home.run("record")
    assert (home.case(contact)["state"], why(home, contact)) == ("engaged", "not_shown_by_keap")
    home.run("route")
    assert home.case(contact)["state"] == "engaged"


def test_an_address_that_somebody_replaced_meanwhile_is_not_opted_in(home: Home) -> None:
    contact = agreed_just_now(home)
    theirs = {"email": "ana.bien@empresa.com", "field": "EMAIL1"}
    home.change(contact, fields={"email_addresses": [theirs]})
    home.change(contact, status="HARD_BOUNCE")
    home.run("record")
    assert (home.case(contact)["state"], why(home, contact)) == ("engaged", "keap_differs")
    assert home.keap("GET", "/emailAddresses/ana1@example.com/status")["status"] == "MANUAL"


def test_a_refusal_that_keap_got_after_they_agreed_stands(home: Home) -> None:
    contact = agreed_just_now(home)
    with home.fresh.database.begin() as connection:
        before = sa.text("UPDATE outbox SET payload = :was WHERE kind = 'opt_in'")
        connection.execute(before, {"was": '{"words": "yes", "status": "NON_MARKETABLE"}'})
    home.run("record")
    assert home.shown(contact)["contact"]["email_addresses"][0]["email_opt_status"] == "MANUAL"
    assert home.case(contact)["state"] == "engaged"


def test_so_does_one_that_keap_got_between_two_tries(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = agreed_just_now(home)
    home.faults("server_error", match="PATCH .*/emailAddresses")
    unsubscribes = partial(home.change, contact, status="LIST_UNSUBSCRIBE")
    monkeypatch.setattr(Wire, "_wait", lambda *_: unsubscribes())
    home.run("record")
    shown = home.shown(contact)["contact"]["email_addresses"][0]
    assert shown["email_opt_status"] == "LIST_UNSUBSCRIBE"
    assert (home.case(contact)["state"], why(home, contact)) == ("engaged", "keap_differs")


def test_an_opt_in_that_keap_takes_is_a_recovery(home: Home) -> None:
    contact = agreed(home)
    assert home.case(contact)["end"] == "recovered"


@pytest.mark.usefixtures("keap_refuses")
def test_whom_keap_refuses_gets_the_firms_form_in_the_window_once(
    make_home: Callable[..., Home], tmp_path: Path
) -> None:
    policy = policy_file(tmp_path, 'confirm_url = "https://firm.example/confirm"\n')
    home = make_home(policy=policy)
    contact = home.contact("MANUAL", tags=[])
    home.run("pull")
    home.move(minutes=5)
    home.says(MEXICAN, "Hola, una pregunta")
    home.run("record")
    home.fresh.by_person.resume_case(contact, actor="rep@firm.example")
    home.run("route", "reach")
    home.move(minutes=5)
    home.says(MEXICAN, button="yes")
    for _ in range(3):
        home.move(minutes=1)
        home.run("record")
    links = [m for m in home.messages(MEXICAN) if "https://firm.example/confirm" in m["body"]]
    assert len(links) == 1
    assert home.case(contact)["state"] == "consented"
