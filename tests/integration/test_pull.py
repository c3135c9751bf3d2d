"""A pull costs few calls, goes on where it was killed, and believes no mere absence."""

from datetime import timedelta
from typing import Any

import pytest

from recovery.adapters.db.pull.store import SqlPullStore
from recovery.adapters.keap import schemas
from recovery.adapters.keap.client import KeapClient
from recovery.adapters.keap.wire import Wire
from recovery.domain.contact import EmailAddress
from tests.installation import BRAZILIAN, COLOMBIAN, MEXICAN, Crash, Home, policy_file

SOFT_AT_ONCE = "soft_bounce = { after_days = 0 }\n"


def test_a_pull_costs_one_call_a_thousand(make_home: Any) -> None:
    home = make_home(contacts=2500)
    statuses = home.keap("GET", "/emailAddresses?filter=statuses%3D%3DHARD_BOUNCE&page_size=1")
    assert statuses
    calls, _ = home.requests_of(lambda: home.run("pull"))
    addresses = home.one("SELECT count(*) AS n FROM address")["n"]
    least = -(-2500 // 1000) + -(-addresses // 1000)
    names_of_tags = 1
    assert calls - names_of_tags <= max(1.05 * least, least + 1)


def test_a_few_new_addresses_are_looked_up_one_by_one(make_home: Any) -> None:
    home = make_home(contacts=2500)
    home.run("pull")
    new = home.contact(email="nueva@example.com", phones=[COLOMBIAN])
    home.next_day()
    calls, reports = home.requests_of(lambda: home.run("pull"))
    assert home.case(new)["state"] == "open"
    assert calls <= 5  # the tags, the list, one look-up, what changed, who left the list
    assert reports["pull"].counts["pulled"] < 100


@pytest.mark.parametrize("method", ["save_addresses", "save_contacts"])
@pytest.mark.parametrize("page", [1, 2])
def test_a_killed_pull_goes_on_where_it_was(
    make_home: Any, monkeypatch: pytest.MonkeyPatch, method: str, page: int
) -> None:
    monkeypatch.setattr("recovery.adapters.keap.statuses.PAGE", ("page_size", "40"))
    monkeypatch.setattr("recovery.adapters.keap.contacts.PAGE", ("page_size", "40"))
    monkeypatch.setattr("recovery.adapters.keap.contacts.PAGE_SIZE", 40)
    straight, home = make_home(contacts=200), make_home(contacts=200)
    straight.run("pull")
    whole, seen = getattr(SqlPullStore, method), []

    def saved(self: SqlPullStore, *given: Any) -> None:
        whole(self, *given)
        seen.append(1)
        if len(seen) == page:
            raise Crash

    with monkeypatch.context() as broken:
        broken.setattr(SqlPullStore, method, saved)
        with pytest.raises(Crash):
            home.fresh.stages.pull()
    home.restart()
    home.run("pull")
    for query in (
        "SELECT id, status, status_since FROM contact ORDER BY id",
        "SELECT contact_id, status, goal FROM recovery_case ORDER BY contact_id",
        "SELECT email, status FROM address ORDER BY email",
    ):
        assert home.rows(query) == straight.rows(query)
    assert home.one("SELECT count(*) AS n FROM pull")["n"] == 1


def test_without_the_list_of_statuses_the_contacts_tell(make_home: Any) -> None:
    home = make_home(contacts=0)
    home.faults(kinds=["statuses_missing"])
    hard, fine = home.contact(), home.contact("CONFIRMED", phones=[BRAZILIAN])
    home.run("pull", "route", "reach")
    assert home.case(hard)["status"] == "HARD_BOUNCE"
    assert home.rows("SELECT * FROM case_contact WHERE contact_id = :id", id=fine) == []
    assert len(home.messages(MEXICAN)) == 1
    home.next_day(7)
    home.change(hard, status="CONFIRMED")
    home.run("pull")
    assert home.case(hard)["end"] == "healed"


def test_where_neither_list_nor_contact_tells_a_status_the_address_is_asked_about(
    make_home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = schemas._email

    def silent(email: str, raw: Any, free: Any) -> EmailAddress:
        return EmailAddress(email, told(email, raw, free).field)

    monkeypatch.setattr(schemas, "_email", silent)
    home = make_home(contacts=0)
    home.faults(kinds=["statuses_missing"])
    hard, fine = home.contact(), home.contact("CONFIRMED", phones=[BRAZILIAN])
    home.run("pull")
    assert home.case(hard)["status"] == "HARD_BOUNCE"
    assert home.rows("SELECT * FROM case_contact WHERE contact_id = :id", id=fine) == []


def test_who_is_gone_from_keap_has_no_case(home: Home) -> None:
    contact = home.contact()
    home.run("pull")
    home.change(contact, delete=True)
    home.next_day(7)
    home.run("pull", "route", "reach")
    assert home.case(contact)["end"] == "gone"
    assert home.messages() == []


def test_a_merged_record_leaves_the_case_to_the_one_that_is_kept(home: Home) -> None:
    first = home.contact(email="ana@example.com")
    second = home.contact(email="ana@example.com", phones=[BRAZILIAN])
    home.run("pull")
    assert home.case(first)["id"] == home.case(second)["id"]
    home.change(first, delete=True)
    home.next_day(7)
    home.send()
    case = home.case(second)
    assert (case["state"], case["contact_id"]) == ("open", second)
    assert len(home.messages()) == 1


def test_an_unknown_status_is_shown_and_never_contacted(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = home.contact()
    home.sandbox.world.contacts[contact]["email_addresses"][0]["email_opt_status"] = "QUARANTINED"
    monkeypatch.setattr(KeapClient, "status_page", nothing_listed)
    home.send()
    row = home.one("SELECT status, raw_status, data FROM contact WHERE id = :id", id=contact)
    assert row["status"] == "UNKNOWN"
    assert row["raw_status"] == "QUARANTINED"
    assert row["data"]
    assert home.messages() == []
    assert home.rows("SELECT * FROM recovery_case") == []


def nothing_listed(*_: Any, **__: Any) -> Any:
    from recovery.services.ports import StatusPage

    return StatusPage((), None)


def test_a_healed_status_closes_the_case(home: Home) -> None:
    contact = home.contact()
    home.run("pull")
    home.change(contact, status="CONFIRMED")
    home.next_day()
    reports = home.run("pull")
    assert reports["pull"].counts["closed_healed"] == 1
    assert home.case(contact)["end"] == "healed"
    home.next_day()
    home.send()
    assert home.messages() == []


def test_who_healed_and_bounces_again_gets_another_case(home: Home) -> None:
    contact = home.contact(email="vuelve@example.com", phones=[MEXICAN])
    home.run("pull")
    home.change(contact, status="SINGLE_OPT_IN")
    home.next_day()
    home.run("pull")
    assert home.case(contact)["end"] == "healed"
    home.change(contact, status="HARD_BOUNCE")
    home.next_day()
    home.run("pull")
    case = home.case(contact)
    assert (case["state"], case["round"]) == ("open", 2)


def test_absence_from_the_list_heals_nobody(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = home.contact()
    home.run("pull")
    home.next_day()
    with monkeypatch.context() as lying:
        lying.setattr(KeapClient, "status_page", nothing_listed)
        home.run("pull")
    assert home.case(contact)["state"] == "open"
    with monkeypatch.context() as lying:
        lying.setattr(KeapClient, "status_page", nothing_listed)
        lying.setattr(KeapClient, "statuses_of", lambda *_: {})
        home.next_day()
        home.run("pull")
    assert home.case(contact)["state"] == "open"


def test_another_status_keeps_the_case_and_its_steps(home: Home) -> None:
    contact = home.contact("INVALID")
    home.send()
    before = home.case(contact)
    home.change(contact, status="MANUAL")
    home.next_day()
    home.run("record", "pull", "route", "reach")
    now = home.case(contact)
    assert (now["id"], now["status"]) == (before["id"], "MANUAL")
    assert now["goal"] == "fresh_consent"
    assert home.step(contact)["state"] == "delivered"
    assert len(home.messages()) == 1


def test_a_soft_bounce_waits_two_weeks(home: Home) -> None:
    contact = home.contact("BOUNCE")
    home.send()
    assert home.rows("SELECT * FROM recovery_case") == []
    home.next_day(13)
    home.send()
    assert home.rows("SELECT * FROM recovery_case") == []
    home.next_day(1)
    home.send()
    assert home.case(contact)["state"] == "open"
    assert len(home.messages()) == 1


def test_an_unrecovered_soft_bounce_that_turns_hard_enters_the_hold(
    make_home: Any, tmp_path: Any
) -> None:
    home = make_home(policy=policy_file(tmp_path, SOFT_AT_ONCE))
    contact = home.contact("BOUNCE", phones=[])
    home.run("pull", "route")
    assert home.case(contact)["end"] == "unrecovered"
    home.next_day()
    home.send()
    assert home.case(contact)["end"] == "unrecovered"
    home.change(contact, status="HARD_BOUNCE")
    home.next_day()
    home.run("pull", "route")
    case = home.case(contact)
    assert (case["state"], case["round"]) == ("hold", 2)
    held = home.now + timedelta(days=home.fresh.policy.hold_days)
    assert case["hold_until"].startswith(f"{held:%Y-%m-%d}")


def test_a_quota_that_is_used_up_ends_the_stage_cleanly(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recovery.errors import Call, QuotaExhausted

    home.contact()

    def spent(*_: Any, **__: Any) -> Any:
        raise QuotaExhausted(Call("Keap", "list contacts", 429))

    with monkeypatch.context() as broken:
        broken.setattr(KeapClient, "contacts_after", spent)
        report = home.fresh.stages.pull()
    assert report.broken is None
    assert str(report.note).startswith("quota")
    assert home.run("pull")["pull"].counts["opened"] == 1


def test_one_unreadable_contact_never_fails_the_page(home: Home) -> None:
    poisoned, fine = home.contact(), home.contact(phones=[BRAZILIAN])
    home.sandbox.world.contacts[poisoned]["phone_numbers"] = [{"number": 7}, None, "x"]
    home.sandbox.world.contacts[poisoned]["given_name"] = {"a": 1}
    home.send()
    assert len(home.messages(BRAZILIAN)) == 1
    assert home.case(fine)["state"] == "open"


def test_ids_out_of_order_or_none_at_all_never_fail_the_page(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts = [home.contact(phones=[f"+5255{10_000_000 + n}"]) for n in range(6)]
    monkeypatch.setattr("recovery.adapters.keap.contacts.rows_of", disturbed)
    counts = home.run("pull")["pull"].counts
    assert (counts["pulled"], counts["opened"], counts["unreadable"]) == (6, 6, 3)
    assert {home.case(one)["state"] for one in contacts} == {"open"}


def disturbed(page: dict[str, Any], key: str, operation: Any) -> list[Any]:
    """Two contacts have changed places, and three more have ids that are none."""
    del operation
    rows = list(page.get(key) or [])
    rows[1:3] = rows[2:0:-1]
    nonsense = [{**rows[0], "id": bad} for bad in ("-7", "ana", "4" * 40)] if rows else []
    return [*nonsense, *rows]


def test_a_list_in_no_order_is_read_by_its_own_tokens(
    make_home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    home: Home = make_home(page_size=4)
    for n in range(10):
        home.contact(phones=[f"+5255{10_000_000 + n}"])
    whole = Wire.call

    def unordered(self: Wire, *given: Any, query: Any = (), **more: Any) -> Any:
        query = [(name, value.replace("id asc", "id desc")) for name, value in query]
        return whole(self, *given, query=query, **more)

    monkeypatch.setattr(Wire, "call", unordered)
    assert home.run("pull")["pull"].counts["opened"] == 10
