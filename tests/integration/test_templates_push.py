"""Templates at WhatsApp's worst: slow, rejected, recategorised, paused in between, disabled."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from recovery.adapters.twilio.client import TwilioMessenger
from recovery.domain.template import Template as Text
from recovery.domain.template import TemplateSet
from recovery.services.ports import ApprovalStatus, ContentStatus
from recovery.services.templates import TemplateService, TemplateState
from tests.databases import Template
from tests.installation import BRAZILIAN, MEXICAN, Home, installed, policy_file
from tests.stopped_clock import nobody_waits

FIRST = "recovery_new_email_first_es"


@pytest.fixture
def home(tmp_path: Path, migrated: Template, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """Beside an account that has no template yet; nobody waits between tries."""
    nobody_waits(monkeypatch)
    with installed(tmp_path, migrated) as home:
        home.sandbox.twilio.contents.clear()
        yield home


def reviews(home: Home, match: str, **told: object) -> None:
    home.sandbox.control("/reviews", {"match": match, **told})


def push(home: Home, service: TemplateService | None = None) -> tuple[bool, dict[str, str]]:
    words: dict[str, str] = {}

    def report(state: TemplateState, word: str) -> None:
        words[f"{state.template.name} {state.template.language}"] = word

    return (service or home.fresh.template_service).push(report), words


def of(home: Home, name: str, language: str = "es") -> TemplateState:
    states = {state.template.key: state for state in home.fresh.template_service.status()}
    return states[name, language]


def with_text(home: Home, changed: Text) -> TemplateService:
    """The service of somebody who reworded one text."""
    texts = {**home.fresh.templates.by_key, changed.key: changed}
    home.restart()
    home.fresh.__dict__["templates"] = TemplateSet(texts)
    return home.fresh.template_service


def test_every_template_is_submitted_once_however_often_it_is_pushed(home: Home):
    done, words = push(home)
    assert done
    assert set(words.values()) <= {"received", "pending", "in session only"}
    before = len(home.sandbox.twilio.contents)
    assert push(home)[0]
    assert len(home.sandbox.twilio.contents) == before == len(words)


def test_a_push_lists_what_is_there_before_and_after_and_not_in_between(
    home: Home, monkeypatch: pytest.MonkeyPatch
):
    listings: list[int] = []
    whole = TwilioMessenger.contents

    def counted(self: TwilioMessenger) -> tuple[ContentStatus, ...]:
        listings.append(1)
        return whole(self)

    monkeypatch.setattr(TwilioMessenger, "contents", counted)
    assert push(home)[0]
    assert len(listings) == 2
    assert push(home)[0]
    assert len(listings) == 3


@pytest.mark.parametrize("faults", [["rate_limited"], ["execute_then_500"], ["server_error"]])
def test_what_failed_comes_with_the_next_push_and_nothing_twice(home: Home, faults: list[str]):
    home.faults(*faults * 3, match="POST .*Content")
    push(home)
    done, words = push(home)
    if not done:
        done, words = push(home)
    assert done
    names = [content.friendly_name for content in home.sandbox.twilio.contents.values()]
    assert len(names) == len(set(names))
    assert {f"recovery_{name.replace(' ', '_')}" for name in words} == {
        name.rpartition("_")[0] for name in names
    }


def test_a_slow_review_keeps_messages_waiting_and_nothing_unapproved_leaves(home: Home):
    reviews(home, ".", minutes=48 * 60)
    push(home)
    contact = home.contact()
    assert home.send()["reach"].skipped["template_not_approved"] == 1
    assert home.attempts(contact) == {}
    home.next_day(3)
    home.run("pull", "route", "reach")
    assert home.step(contact)["state"] in ("accepted", "sent", "delivered")


def test_a_rejected_text_is_not_sent_is_told_with_its_mend_and_blocks_no_reworded_one(home: Home):
    reviews(home, FIRST, status="rejected", reason="INVALID_FORMAT")
    push(home)
    home.move(hours=2)
    state = of(home, "new_email_first")
    assert state.content
    assert (state.content.status, state.content.reason) == ("rejected", "INVALID_FORMAT")
    assert "mend variables" in state.to_do
    done, words = push(home)
    assert not done
    assert words["new_email_first es"].startswith("rejected: mend variables")
    assert words["new_email_last es"] in ("approved", "pending")
    old = home.fresh.templates.pick("new_email_first", language="es")
    reviews(home, FIRST, minutes=5)
    done, words = push(home, with_text(home, replace(old, body=f"{old.body} Gracias.")))
    assert done
    assert words["new_email_first es"] == "received"
    home.move(hours=2)
    assert of(home, "new_email_first").is_approved


def test_a_utility_text_made_marketing_is_told_so(home: Home):
    reviews(home, "order", category="MARKETING")
    push(home)
    home.move(hours=2)
    state = of(home, "new_email_order", "en")
    assert state.is_approved
    assert "no number of the United States" in state.to_do


@pytest.mark.parametrize("word", ["paused", "disabled"])
def test_a_text_closed_in_mid_run_uses_up_no_attempt_and_stops_its_own_step_alone(
    home: Home, word: str
):
    reviews(home, FIRST, minutes=10, then=word, then_after=60)
    push(home)
    home.move(minutes=90)
    waits, other = home.contact(), home.contact(phones=[BRAZILIAN])
    report = home.send()["reach"]
    assert home.attempts(waits) == {}
    assert report.skipped["template_not_approved"] == 1
    assert home.step(other)["language"] == "pt"
    home.change(waits, fields={"given_name": "Ana María"})
    home.run("pull", "route")
    home.move(days=3)
    home.run("pull", "route")
    assert f"WhatsApp has new_email_first {word}" in home.case(waits)["reason"]


def test_the_stand_in_that_the_policy_names_goes_instead_and_says_so(
    tmp_path: Path, migrated: Template
):
    policy = policy_file(
        tmp_path, 'templates = { instead = { new_email_first = ["other_email_first"] } }\n'
    )
    with installed(tmp_path, migrated, policy=policy) as home:
        contact = home.contact()
        home.run("pull")
        for content in home.sandbox.twilio.contents.values():
            if content.friendly_name.startswith(FIRST) and content.approval:
                content.approval.status = "paused"
        home.run("reach", "route", "reach")
        assert home.step(contact)["template"] == "other_email_first"
        assert len(home.messages(MEXICAN)) == 1


def test_of_two_contents_of_one_name_the_approved_one_counts(home: Home):
    push(home)
    home.move(hours=2)
    home.fresh.messenger.create_content(
        {
            "friendly_name": of(home, "new_email_first").content.name,  # type: ignore[union-attr]
            "language": "es",
            "variables": {},
            "types": {"twilio/text": {"body": "Hola"}},
        }
    )
    assert of(home, "new_email_first").content.status is ApprovalStatus.APPROVED  # type: ignore[union-attr]
