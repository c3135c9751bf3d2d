"""Nobody real is reached by default: a host that is no sandbox is only read."""

from typing import Any

import pytest

from recovery.adapters.live import is_sandbox
from recovery.errors import ConfigurationError
from tests.installation import MEXICAN, Home


@pytest.fixture
def real(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """The same servers, which do not say any more that they are a sandbox."""
    monkeypatch.setattr("recovery.adapters.live.is_sandbox", lambda _: False)
    home.restart()
    return home


def test_a_vendors_own_host_is_not_even_asked() -> None:
    assert not is_sandbox("https://api.keap.com/crm")
    assert not is_sandbox(None)


def test_a_loopback_that_is_no_sandbox_is_real(home: Home) -> None:
    assert is_sandbox(home.sandbox.url + "/crm")
    assert not is_sandbox("http://127.0.0.1:9/crm")


def test_nothing_is_sent_and_nothing_written_but_all_is_read(real: Home) -> None:
    contact = real.contact()
    real.says(MEXICAN, "mi correo es ana.nueva@empresa.com")
    before = len(real.sandbox.ledger())
    reports = real.run("pull", "route", "reach", "record")
    assert reports["pull"].counts["opened"] == 1
    assert reports["reach"].skipped["live_sending_off"] == 1
    assert "RECOVERY_LIVE_SENDING" in str(reports["reach"].note)
    assert len(real.sandbox.ledger()) == before
    assert real.rows("SELECT kind FROM reply") == [{"kind": "new_email"}]
    assert real.attempts(contact).keys() <= {"s1"}


def test_approvals_are_remembered_while_nobody_is_written_to(real: Home) -> None:
    real.run("pull", "route", "reach")
    known = real.rows("SELECT DISTINCT status FROM content")
    assert known == [{"status": "approved"}]


def test_texts_are_submitted_only_where_the_switch_is_on_for_that_command(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.sandbox.twilio.contents.clear()
    with monkeypatch.context() as real:
        real.setattr("recovery.adapters.live.is_sandbox", lambda _: False)
        home.restart()
        with pytest.raises(ConfigurationError, match="RECOVERY_LIVE_SENDING=true recovery"):
            home.fresh.template_service.push(lambda *_: None)
    home.restart()
    home.fresh.template_service.push(lambda *_: None)
    known = home.rows("SELECT DISTINCT status FROM content")
    assert {row["status"] for row in known} <= {"received", "pending"}


def test_calls_are_queued_here_while_keap_is_not_told(real: Home) -> None:
    contact = real.contact(tags=[])
    real.run("pull", "route", "reach", "record")
    assert real.step(contact, "c1")["state"] == "queued"
    assert real.shown(contact)["tasks"] == []


def test_the_switch_lets_messages_out(make_home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    home = make_home(live_sending=True)
    monkeypatch.setattr("recovery.adapters.live.is_sandbox", lambda _: False)
    home.restart()
    home.contact()
    home.send()
    assert len(home.messages()) == 1


def test_templates_are_not_pushed_to_a_real_account(real: Home) -> None:
    from recovery.errors import ConfigurationError

    with pytest.raises(ConfigurationError, match="RECOVERY_LIVE_SENDING"):
        real.fresh.template_service.push(lambda *_: None)


def test_a_real_twilio_beside_a_keap_sandbox_is_not_used(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recovery.adapters.live.is_sandbox", lambda url: url.endswith("/crm"))
    home.restart()
    home.contact()
    home.run("pull", "route", "reach")
    assert home.messages() == []
