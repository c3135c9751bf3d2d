"""What managers do beside the reps: give people to somebody, start a list."""

from playwright.sync_api import expect

from recovery.domain.brakes import BrakeName
from tests.browser.keys import press


def test_a_manager_gives_chosen_people_to_a_rep(firm, sign_in, keep):
    page = sign_in("mario")
    page.goto(f"{firm.url}/queue?lane=now")
    row = page.locator("tr", has_text="Camila Restrepo")
    row.locator("input[type=checkbox]").check()
    page.select_option("#to", label="Clara Dias")
    page.click("text=Give the chosen ones")
    expect(page.locator(".toast.done")).to_contain_text("Changed hands: 1")
    expect(page.locator("tr", has_text="Camila Restrepo")).to_contain_text("Clara Dias")
    keep(page, "queue-assigned")


def test_a_list_is_started_by_hand(firm, sign_in, keep):
    page = sign_in("mario")
    page.goto(f"{firm.url}/lists")
    expect(page.locator("table")).to_contain_text("Eva 0")
    keep(page, "lists")
    page.click("text=Open cases for the chosen ones")
    expect(page.locator(".toast.done")).to_contain_text("opened: 3")


def test_reps_see_one_lane_each_and_nobody_twice(firm, sign_in):
    rosa, raul = sign_in("rosa"), sign_in("raul")
    met = []
    for page in (rosa, raul):
        press(page, "Enter")
        page.wait_for_url("**/queue/*")
        met.append(page.inner_text("h1"))
    assert met[0] != met[1]
    rosa.goto(raul.url)
    expect(rosa.locator("#part-call")).to_contain_text("works with this person now")
    expect(rosa.locator("#outcomes")).to_have_count(0)


def test_a_wave_of_bounces_is_let_go_by_a_button(firm, sign_in, keep):
    firm.recovery.brakes.put_on(BrakeName.WAVE, {"bounces": 90, "usual": 4, "domain": None})
    page = sign_in("mario")
    page.on("dialog", lambda asked: asked.accept())
    page.goto(f"{firm.url}/status")
    expect(page.locator("main")).to_contain_text("No new cases are opened")
    keep(page, "status-wave")
    page.click("text=It may go on")
    expect(page.locator(".toast.done")).to_contain_text("goes on with the next run")
    expect(page.locator("main")).not_to_contain_text("No new cases are opened")
