"""A rep's day in a real browser: the keyboard, the phone, the word on a call, the half minute."""

import re

from playwright.sync_api import Page, expect

from tests.browser.keys import press
from tests.browser.world import Firm
from tests.installation import Row
from tests.web_server import eventually


def _open(page: Page, firm: Firm, name: str) -> None:
    """Somebody's card, taken."""
    page.goto(f"{firm.url}/queue/{firm.case(name)}?lane=now")
    if not page.get_attribute("article", "data-mine"):  # else the key would call them
        press(page, "Enter")
    expect(page.locator("#part-call")).to_contain_text("+5")


def _until(page: Page, firm: Firm, words: str) -> None:
    """Time goes by at the carrier until the card says so, without a reload."""
    for _ in range(40):
        if words in page.inner_text("#part-call"):
            return
        firm.home.move(seconds=15)
        page.wait_for_timeout(1100)
    raise AssertionError(page.inner_text("#part-call"))


def _said(firm: Firm, name: str) -> list[Row]:
    return firm.home.rows(
        "SELECT code, state FROM disposition WHERE case_id = :id ORDER BY id", id=firm.case(name)
    )


def test_a_person_is_called_with_one_key_and_the_call_shows_by_itself(firm, sign_in, keep):
    page = sign_in("rosa")
    page.goto(f"{firm.url}/queue?lane=now")
    press(page, "j")
    press(page, "Enter")
    expect(page.locator("h1")).to_have_text("Lucía Herrera Montes")
    press(page, "Enter")
    expect(page.locator("#part-call")).to_contain_text("Your phone rings")
    loaded = page.evaluate("performance.timeOrigin")
    _until(page, firm, "You are talking")
    keep(page, "card-talking")
    _until(page, firm, "What happened on the call?")
    expect(page.locator("#outcomes")).to_have_class(re.compile("asked"))
    assert page.evaluate("performance.timeOrigin") == loaded, "it was reloaded"
    rung = [line["to"] for line in firm.home.sandbox.ledger("call")]
    assert rung.count("+525512340001") == 1
    _no_next_person_before_the_word(page, firm)
    press(page, "6")
    expect(page.locator("#undo")).to_be_visible()
    assert _said(firm, "Lucía") == [{"code": "spoke", "state": "pending"}]


def _no_next_person_before_the_word(page: Page, firm: Firm) -> None:
    page.click(".rail form[action*=next] button")
    expect(page.locator(".toast.sorry")).to_contain_text("say first what happened")
    assert page.url.endswith(f"/queue/{firm.case('Lucía')}")


def test_a_word_is_taken_back_with_one_key_and_said_again(firm, sign_in, keep):
    page = sign_in("raul")
    _open(page, firm, "Joaquín")
    press(page, "1")
    expect(page.locator("#undo")).to_be_visible()
    keep(page, "undo-es")
    press(page, "z")
    expect(page.locator("h1")).to_have_text("Joaquín Salgado")
    expect(page.locator(".toast.done")).to_contain_text("Deshecho")
    assert [one["state"] for one in _said(firm, "Joaquín")] == ["undone"]
    press(page, "2")
    expect(page.locator("#undo")).to_be_visible()
    firm.home.move(seconds=40)
    eventually(lambda: _said(firm, "Joaquín")[-1]["state"] == "applied")


def test_what_is_folded_away_is_shown_by_its_key_before_it_is_said(firm, sign_in):
    page = sign_in("raul")
    page.goto(f"{firm.url}/queue/{firm.case('Renata')}?lane=replies")
    press(page, "Enter")
    expect(page.locator("#part-call")).to_contain_text("Responder")
    grid = page.locator("details#outcomes")
    press(page, "1")
    expect(grid).to_have_attribute("open", "")
    assert _said(firm, "Renata") == []
    press(page, "1")
    expect(page.locator("#undo")).to_be_visible()
    press(page, "z")
    expect(page.locator(".toast.done")).to_contain_text("Deshecho")
    assert [one["state"] for one in _said(firm, "Renata")] == ["undone"]


def test_another_call_is_agreed_by_the_persons_clock(firm, sign_in, keep):
    page = sign_in("clara")
    _open(page, firm, "Thiago")
    press(page, "5")
    form = page.locator("details[data-code=callback]")
    expect(form).to_have_attribute("open", "")
    expect(form).to_contain_text("Manaus")
    keep(page, "callback-pt")
    press(page, "ArrowDown")
    press(page, "Control+Enter")
    expect(page.locator("#undo")).to_be_visible()
    assert _said(firm, "Thiago") == [{"code": "callback", "state": "pending"}]


def test_a_mistyped_address_is_caught_while_it_is_typed(firm, sign_in, keep):
    page = sign_in("rosa")
    _open(page, firm, "Beatriz")
    press(page, "e")
    page.keyboard.type("bia.nogueira@gmial.com", delay=5)
    page.click("text=Did they mean bia.nogueira@gmail.com?")
    expect(page.locator("#email")).to_have_value("bia.nogueira@gmail.com")
    keep(page, "new-email")
    press(page, "Control+Enter")
    assert firm.home.case(firm.contacts["Beatriz"])["pending_email"] is None, "was not read back"
    page.check("details[data-key=e] input[type=checkbox]")
    press(page, "Control+Enter")
    expect(page.locator(".toast.done")).to_contain_text("The address is kept")
    found = firm.home.case(firm.contacts["Beatriz"])["pending_email"]
    assert found == "bia.nogueira@gmail.com"


def test_keys_do_nothing_while_somebody_types(firm, sign_in):
    page = sign_in("rosa")
    _open(page, firm, "Mariana")
    press(page, "n")
    page.keyboard.type("1 b w s z / ? j k")
    expect(page.locator("#note")).to_have_value("1 b w s z / ? j k")
    expect(page.locator("details[data-key=b]")).not_to_have_attribute("open", "")
    assert _said(firm, "Mariana") == []
    press(page, "Control+Enter")
    expect(page.locator("#part-timeline")).to_contain_text("1 b w s z / ? j k")


def test_the_next_person_does_not_come_while_the_rep_types(firm, sign_in, keep):
    page = sign_in("rosa")
    _open(page, firm, "Mariana")
    here = page.url
    press(page, "n")
    page.keyboard.type("prefers mornings")
    page.locator("#outcomes button[value=no_answer]").click()
    expect(page.locator(".toast.done").last).to_contain_text("waits until you have finished")
    assert page.url == here
    expect(page.locator("#note")).to_have_value("prefers mornings")
    assert _said(firm, "Mariana") == [{"code": "no_answer", "state": "pending"}]
    keep(page, "unsent-note")


def test_a_reply_appears_without_a_reload_and_is_answered(firm, sign_in, keep):
    page = sign_in("clara", color_scheme="dark")
    page.goto(f"{firm.url}/queue/{firm.case('Renata')}?lane=replies")
    press(page, "Enter")
    expect(page.locator("#part-call")).to_contain_text("Responder")
    firm.home.says("+5521987650003", "Alô? Tem alguém aí?")
    expect(page.locator("#part-thread")).to_contain_text("Tem alguém aí?", timeout=15000)
    press(page, "Enter")
    page.keyboard.type("Oi Renata, sou a Clara. Qual e-mail você usa agora?")
    press(page, "Control+Enter")
    expect(page.locator(".bubble.rep")).to_contain_text("sou a Clara")
    eventually(
        lambda: any("sou a Clara" in m["body"] for m in firm.home.messages("+5521987650003"))
    )
    expect(page.locator(".bubble.rep")).not_to_contain_text("sai em um instante", timeout=15000)
    keep(page, "answer-pt-dark")


def test_a_voice_note_and_a_picture_are_played_where_they_stand(firm, sign_in, keep):
    firm.home.says("+525512340004", voice=True, picture=True)
    eventually(lambda: firm.home.rows("SELECT 1 FROM reply WHERE media = 2 AND case_id > 0"))
    page = sign_in("raul")
    page.goto(f"{firm.url}/queue/{firm.case('Sofía')}")
    note = page.locator("#part-thread audio")
    note.evaluate("one => one.play()")
    page.wait_for_function("document.querySelector('#part-thread audio').duration > 0.5")
    picture = page.locator("#part-thread img")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('#part-thread img').naturalWidth === 240")
    keep(page, "card-voice-note")


def test_the_help_sheet_lists_the_keys_and_goes_by_escape(firm, sign_in, keep):
    page = sign_in("raul")
    press(page, "?")
    expect(page.locator("#help")).to_be_visible()
    expect(page.locator("#help")).to_contain_text("deshacer")
    keep(page, "help-es")
    press(page, "Escape")
    expect(page.locator("#help")).not_to_be_visible()
    press(page, "/")
    page.keyboard.type("camila")
    press(page, "Enter")
    expect(page.locator("h1")).to_contain_text("camila")
    expect(page.locator(".rows")).to_contain_text("Camila Restrepo")


def test_a_person_who_is_skipped_gives_way_to_the_next(firm, sign_in):
    page = sign_in("raul")
    _open(page, firm, "Camila")
    press(page, "s")
    page.check("input[name=reason][value=language]")
    press(page, "Control+Enter")
    expect(page.locator(".toast.done")).to_contain_text("Saltada")
    assert not page.url.startswith(f"{firm.url}/queue/{firm.case('Camila')}?")
    (told,) = firm.home.rows(
        "SELECT kind FROM outcome WHERE case_id = :id AND kind = 'skipped'", id=firm.case("Camila")
    )
    assert told
