"""How people come back, from the approved template to what Keap holds and `explain` tells."""

import pytest

from recovery.adapters.db.queries.explain import dossier
from recovery.adapters.keap.client import KeapClient
from recovery.cli.explain import print_dossier
from recovery.domain.contact import ContactId
from recovery.domain.email_status import EmailStatus
from recovery.services.users.user import Role
from tests.installation import MEXICAN, Home

OLD, NEW = "ana.vieja@example.com", "ana.nueva@empresa.com"
BOSS, REP = "boss@firm.example", "rep@firm.example"


def written_to(home: Home, status: str = "HARD_BOUNCE", **more: object) -> str:
    """Whose phone shows the approved question."""
    contact = home.contact(status, **{"email": OLD, **more})
    home.send()
    home.move(minutes=2)
    home.run("record")
    (question,) = home.messages(MEXICAN)
    assert question["content_sid"]
    return contact


def says(home: Home, body: str = "", **more: str) -> None:
    home.says(MEXICAN, body, **more)
    for _ in range(3):
        home.move(minutes=5)
        home.run("record", "route", "reach")


def explained(home: Home, contact: str, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    print_dossier(dossier(home.fresh.database, contact), home.fresh)
    return capsys.readouterr().out


def is_won_back(home: Home, contact: str, email: str = NEW) -> None:
    """Keap has the address as EMAIL1 with the reason, the tag and the one note."""
    assert home.case(contact)["end"] == "recovered"
    shown = home.shown(contact)
    first = shown["contact"]["email_addresses"][0]
    assert (first["field"], first["email"]) == ("EMAIL1", email)
    assert first["email_opt_status"] == "SINGLE_OPT_IN"
    known = [row for row in home.sandbox.ledger("keap.email_known") if row["email"] == email]
    assert "confirmed by the person" in known[-1]["reason"]
    assert home.fresh.policy.tags.recovered in home.tags(contact)
    (note,) = shown["notes"]
    assert f"confirmado por la persona: {email}" in note["text"]
    assert f"Correo anterior: {OLD}" in note["text"]


@pytest.mark.parametrize(
    "words",
    [
        f"Hola! el nuevo es {NEW}",
        "anote: ana punto nueva arroba empresa punto com",
        f"ya no uso {OLD}, ahora es {NEW} gracias",
    ],
    ids=["plain", "spelled", "of two the one called new"],
)
def test_who_gives_an_address_and_confirms_it_by_button_is_won_back(
    home: Home, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    contact = written_to(home)
    says(home, words)
    assert NEW in home.messages(MEXICAN)[-1]["body"]
    says(home, button="yes")
    is_won_back(home, contact)
    told = explained(home, contact, capsys)
    for part in ("new_email_first", words, "recovered", "SINGLE_OPT_IN"):
        assert part.casefold().replace("_", " ") in told.casefold().replace("_", " "), told


def test_a_typo_in_the_answer_is_asked_back_and_put_right(home: Home) -> None:
    contact = written_to(home)
    says(home, "mi correo es ana.nueva@gmial.com")
    assert "¿su correo es ana.nueva@gmail.com?" in home.messages(MEXICAN)[-1]["body"]
    says(home, button="yes")
    is_won_back(home, contact, "ana.nueva@gmail.com")


def test_an_opt_in_that_keap_refuses_is_no_recovery_and_is_for_a_person(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KeapClient, "opt_in", lambda *_, **__: EmailStatus.MANUAL)
    contact = home.contact("MANUAL", tags=[])
    home.run("pull")
    home.move(minutes=5)
    # A message of theirs is a consent to WhatsApp that is newer than their opting out.
    says(home, "Hola, una pregunta")
    home.fresh.by_person.resume_case(contact, actor=REP)
    home.run("route", "reach")
    assert "de nuevo por correo?" in home.messages(MEXICAN)[-1]["body"]
    says(home, button="yes")
    case = home.case(contact)
    assert (case["state"], case["end"]) == ("engaged", None)
    assert home.fresh.policy.tags.recovered not in home.tags(contact)
    assert "opt in refused" in explained(home, contact, capsys).replace("_", " ")


def test_a_recovery_that_bounces_again_is_withdrawn_and_goes_on_with_a_person(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    contact = written_to(home)
    says(home, NEW)
    says(home, button="yes")
    is_won_back(home, contact)
    home.next_day(5)
    home.change(contact, status="HARD_BOUNCE")
    home.run("pull", "route", "reach", "record")
    assert home.case(contact)["state"] == "engaged"
    ends = home.rows("SELECT * FROM recovery_case ORDER BY id")
    assert [row["end"] for row in ends] == ["withdrawn", None]
    assert home.fresh.policy.tags.recovered not in home.tags(contact)
    assert "withdrawn" in explained(home, contact, capsys)


def test_a_free_win_is_won_back_without_a_word_to_the_person(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    home.fresh.users.add(BOSS, Role.MANAGER)
    contact = home.contact("HARD_BOUNCE", email=OLD)
    emails = [{"email": OLD, "field": "EMAIL1"}, {"email": "casa@example.com", "field": "EMAIL2"}]
    home.change(contact, fields={"email_addresses": emails})
    home.change(contact, email_status={"casa@example.com": "SINGLE_OPT_IN"})
    home.run("pull", "route", "reach", "record")
    assert home.case(contact)["state"] == "proposed"
    home.fresh.wins.approve([ContactId(contact)], as_=BOSS)
    for _ in range(2):
        home.move(minutes=5)
        home.run("record", "reach")
    assert home.case(contact)["end"] == "recovered"
    assert home.messages() == []
    (note,) = home.shown(contact)["notes"]
    assert "casa@example.com" in note["text"]
    told = explained(home, contact, capsys)
    assert "win approved" in told.replace("_", " ")
    assert BOSS in told


def test_a_new_address_that_keap_does_not_deliver_to_is_no_recovery_but_waits_for_keap(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    contact = written_to(home)
    home.change(contact, email_status={NEW: "SPAM"})
    says(home, NEW)
    says(home, button="yes")
    assert (home.case(contact)["state"], home.case(contact)["end"]) == ("consented", None)
    assert home.fresh.policy.tags.recovered not in home.tags(contact)
    assert "waits until Keap shows it" in explained(home, contact, capsys)
    home.next_day(15)
    home.run("record", "route")
    assert home.case(contact)["state"] == "engaged"
