"""What Twilio has of our messages is read whole, once, and from nowhere else."""

from datetime import timedelta
from typing import Any

import pytest
from twilio_script import Script, answer, raw, silence
from twilio_world import NOW, SID, messenger

from recovery.errors import ContractBroken, TemporaryFailure


def item(n: int, *, direction: str = "outbound-api", minutes: int = 0, **more: Any) -> Any:
    at = (NOW + timedelta(minutes=minutes)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    ours, theirs = "whatsapp:+14155238886", "whatsapp:+5215512345678"
    inbound = direction == "inbound"
    return {
        "sid": f"SM{n:032x}", "direction": direction, "date_created": at, "body": "hola",
        "to": ours if inbound else theirs, "from": theirs if inbound else ours,
        "status": "received" if inbound else "queued", "num_media": "2", **more,
    }  # fmt: skip


def test_a_listing_follows_all_pages_and_keeps_each_message_once(script: Script) -> None:
    following = "/2010-04-01/Accounts/X/Messages.json?PageToken=abc&Page=1"
    first = [item(3, minutes=3), item(2, minutes=2)]
    second = [item(2, minutes=2), item(1, minutes=-9)]
    script(
        answer(200, {"messages": first, "next_page_uri": following}),
        answer(200, {"messages": second, "next_page_uri": None}),
    )
    found = messenger(script.url).messages_to("+5215512345678", since=NOW)
    assert [message.sid[-1] for message in found] == ["2", "3"]
    assert (found[0].to, found[0].sender) == ("+5215512345678", "+14155238886")
    assert found[0].media == 2
    assert script.requests[0].query == {"To": "whatsapp:+5215512345678", "PageSize": "1000"}
    assert script.requests[1].target == following


def test_a_next_page_on_a_foreign_host_is_not_followed(script: Script) -> None:
    script(answer(200, {"messages": [], "next_page_uri": "http://evil.example/2010-04-01/x"}))
    with pytest.raises(ContractBroken):
        messenger(script.url).messages_to("+5215512345678", since=NOW)
    assert len(script.requests) == 1


def test_pages_that_lead_in_a_circle_end(script: Script) -> None:
    script(answer(200, {"messages": [], "next_page_uri": "/2010-04-01/x?Page=1"}))
    with pytest.raises(ContractBroken):
        messenger(script.url).messages_to("+5215512345678", since=NOW)


def test_what_people_wrote_is_read_by_sender_and_day_oldest_first(script: Script) -> None:
    rows = [
        item(2, direction="inbound", minutes=5),
        item(1, direction="inbound", minutes=1, **{"from": "whatsapp:MX.123456", "body": None}),
        item(9, direction="inbound", minutes=-5),
        item(8, minutes=5),
        item(7, direction="inbound", minutes=5, to="+14155238886", **{"from": "+521"}),
        {"sid": "SM" + "f" * 32, "direction": "inbound", "from": "whatsapp:+1"},
    ]
    script(answer(200, {"messages": rows}))
    found = list(messenger(script.url).inbound_since(NOW + timedelta(microseconds=7)))
    assert [message.sid[-1] for message in found] == ["f", "1", "2"]
    assert (found[1].sender, found[1].body) == ("MX.123456", "")
    assert script.requests[0].query == {
        "To": "whatsapp:+14155238886",
        "DateSent>": "2026-11-24",
        "PageSize": "1000",
    }


def test_what_we_sent_is_read_for_every_sender(script: Script) -> None:
    script(answer(200, {"messages": [item(2, minutes=2)]}), answer(200, {"messages": [item(1)]}))
    one = messenger(script.url, whatsapp_from="BR=+5511999990000,*=+14155238886")
    assert [message.sid[-1] for message in one.outbound_since(NOW)] == ["1", "2"]
    assert {request.query["From"] for request in script.requests} == {
        "whatsapp:+5511999990000",
        "whatsapp:+14155238886",
    }


def test_a_read_is_tried_five_times_with_growing_pauses(script: Script) -> None:
    pauses: list[float] = []
    script(answer(503, {}), answer(429, {}, Retry_After="9"), raw(b""), answer(500, {}), silence)
    with pytest.raises(TemporaryFailure):
        messenger(script.url, pauses=pauses).message(SID)
    assert (len(script.requests), pauses) == (5, [2.0, 9.0, 8.0, 16.0])


def test_a_message_is_found_after_a_bad_moment_or_unknown(script: Script) -> None:
    one = messenger(script(answer(502, text=""), answer(200, item(1, error_code=63024))).url)
    found = one.message(SID)
    assert found is not None
    assert found.code == "63024"
    script(answer(404, {"code": 20404}))
    assert one.message(SID) is None
    assert one.message("../../Calls") is None


def test_html_in_place_of_a_list_breaks_the_contract(script: Script) -> None:
    script(answer(200, kind="text/html", text="<html>"))
    with pytest.raises(ContractBroken):
        messenger(script.url).messages_to("+5215512345678", since=NOW)
