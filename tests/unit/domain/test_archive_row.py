"""A line and its hashes stay, byte for byte: batches that wait for approval were hashed before."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from recovery.domain.archive import Reading, content, row_of
from recovery.domain.case import CaseId
from recovery.domain.contact import ContactId

READ_AT = datetime(2026, 11, 23, 16, 0, 0, 120, tzinfo=UTC)
SINCE = datetime(2026, 9, 1, 8, 30, tzinfo=timezone(timedelta(hours=-4)))
RECORD = {
    "contact": {
        "id": "7",
        "given_name": "Ana",
        "family_name": "",
        "middle_name": None,
        "update_time": "2026-11-01T00:00:00Z",
        "last_updated_by": {"id": "1"},
        "score": 0,
        "vip": False,
        "email_addresses": [{"email": "ana@example.com", "field": "EMAIL1"}],
        "custom_fields": [{"id": "9", "content": "té"}, {"content": "x", "id": "10"}],
        "tag_ids": ["12", "11"],
    },
    "tags": [
        {"tag": {"id": "12", "name": "VIP"}, "applied_time": "2026-01-02"},
        {"tag": {"id": "11", "name": "Recovery: archived"}, "applied_time": "2026-01-01"},
    ],
    "notes": [{"id": "2", "title": "Compra"}, {"id": "1", "title": " [REC-5] called"}],
    "orders": [],
    "statuses": [
        {"email": "b@example.com", "last_sent_time": "2026-02-01"},
        {"email": "ana@example.com", "status": "HARD_BOUNCE", "last_sent_time": "2026-03-01"},
    ],
}
CONTENT = (
    '{"contact":{"custom_fields":[{"content":"té","id":"9"},{"content":"x","id":"10"}],'
    '"email_addresses":[{"email":"ana@example.com","field":"EMAIL1"}],"given_name":"Ana",'
    '"id":"7","score":0,"tag_ids":["12"],"vip":false},"notes":[{"id":"2","title":"Compra"}],'
    '"statuses":[{"email":"ana@example.com","status":"HARD_BOUNCE"},{"email":"b@example.com"}],'
    '"tags":[{"applied_time":"2026-01-02","id":"12"}]}'
)


def row(why):
    reading = Reading(ContactId("7"), CaseId(3), RECORD, READ_AT, SINCE, why)
    return row_of(reading, account="Casa Prado", model_id="m")


def test_the_content_is_sorted_without_what_is_empty_volatile_or_ours():
    assert content(RECORD) == CONTENT.encode()


@pytest.mark.parametrize("why", ["no answer", "half a character: \ud800"])
def test_the_line_names_times_and_status_the_same_way_whichever_writer_it_takes(why):
    found = row(why)
    assert list(json.loads(found.line).items()) == [
        ("schema", 1),
        ("contact_id", "7"),
        ("case_id", 3),
        ("account", "Casa Prado"),
        ("read_at", "2026-11-23T16:00:00.000120+00:00"),
        ("model", "m"),
        ("status", "HARD_BOUNCE"),
        ("status_since", "2026-09-01T08:30:00-04:00"),
        ("why", why),
        ("content_sha256", found.content_sha256),
        ("record", RECORD),
    ]
