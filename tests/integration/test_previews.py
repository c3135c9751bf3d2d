"""How a text would look on a phone: with its samples, or for somebody of the base."""

from pathlib import Path

import pytest

from recovery.adapters.db.contents import SqlContentStore
from recovery.cli.phone_picture import on_the_phone
from recovery.domain.contact import ContactId
from recovery.domain.template import UnknownTemplate
from recovery.errors import Refusal
from recovery.services.ports import ApprovalStatus, ContentStatus
from recovery.services.users.user import Role
from tests.databases import Template
from tests.installation import Home
from tests.web_world import Browser, WebWorld, web_world

FIRST = "new_email_first"


def test_a_contacts_preview_says_word_for_word_what_then_leaves(home: Home) -> None:
    contact = home.contact(email="ana.vieja@hotmail.com")
    home.run("pull")
    shown = home.fresh.previews.of(FIRST, contact=ContactId(contact))
    assert shown.template.language == "es"
    assert "an•••@hotmail.com" in shown.text
    home.send()
    assert [one["body"] for one in home.messages()] == [shown.text]


def test_another_language_may_be_asked_for(home: Home) -> None:
    contact = ContactId(home.contact())
    home.run("pull")
    assert home.fresh.previews.of(FIRST, language="pt", contact=contact).text.startswith("Olá")


def test_a_text_that_would_not_go_to_somebody_is_not_shown_with_a_sample(home: Home) -> None:
    contact = ContactId(home.contact())
    home.run("pull")
    with pytest.raises(Refusal, match="order"):
        home.fresh.previews.of("new_email_order", contact=contact)


def test_whom_no_pull_has_read_and_a_text_that_is_not_there_are_refused(home: Home) -> None:
    with pytest.raises(Refusal, match="not read"):
        home.fresh.previews.of(FIRST, contact=ContactId("987654"))
    with pytest.raises(UnknownTemplate):
        home.fresh.previews.of("no_such_text")


def test_the_terminal_draws_a_bubble_with_its_buttons_below() -> None:
    lines = list(on_the_phone("Hola, Ana 👋 ¿Quiere [darnos] su correo?", ["Sí", "No"]))
    assert len({len(line) for line in lines if "👋" not in line}) == 1
    assert "[darnos]" in "".join(lines)
    assert [line.strip(" │|") for line in lines if line.strip(" │|") in ("Sí", "No")] == [
        "Sí",
        "No",
    ]


@pytest.fixture
def web(tmp_path: Path, migrated: Template):
    with web_world(tmp_path, migrated) as made:
        yield made


@pytest.fixture
def manager(web: WebWorld) -> Browser:
    return web.sign_in(web.person(Role.MANAGER))


def test_the_page_tells_whatsapps_word_its_category_its_reason_and_what_to_do(
    web: WebWorld, manager: Browser
) -> None:
    assert "never asked" in manager.get("/templates").text
    said = ContentStatus("HX1", "n", "es", ApprovalStatus.REJECTED, "UTILITY", "PROMOTIONAL")
    store = SqlContentStore(web.recovery.database, web.recovery.clock)
    store.save_contents({(FIRST, "es"): said})
    page = manager.get("/templates").text
    assert "rejected PROMOTIONAL UTILITY take out whatever sells, then push" in page


def test_the_bubble_has_the_buttons_and_tells_why_somebody_would_not_get_it(
    manager: Browser,
) -> None:
    page = manager.get(f"/templates/{FIRST}/pt")
    assert "<li>Prefiro uma ligação</li>" in page.html
    assert "was not read from Keap yet" in manager.get(f"/templates/{FIRST}/pt?contact=12").text


@pytest.mark.parametrize(
    "path", ["no_such/es", f"{FIRST}/fr", "recovered_note/es", "call_new_email/es"]
)
def test_only_messages_have_a_bubble(manager: Browser, path: str) -> None:
    assert manager.get(f"/templates/{path}").status == 404
