"""Every request the client makes is one that Keap's own OpenAPI file knows."""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from jsonschema import Draft202012Validator

from recovery.adapters.keap import KeapClient, MemoryPacerStore, Pacer, operations
from recovery.adapters.keap.operations import Operation
from recovery.domain.contact import ContactId
from recovery.domain.email_status import UNDELIVERABLE
from recovery.domain.note import Note
from recovery.services.ports import TaskDraft
from recovery.settings import KeapSettings
from tests.keap_double import KeapDouble, Says

NOW = datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC)
ANA = ContactId("7")
SPEC = Path(__file__).parent / "specs" / "keap_v2.yaml"


@cache
def the_spec():
    return yaml.load(SPEC.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def operation_of(asked):
    """The spec's operation for this request; literal paths win over those with a parameter."""
    path = asked.path.removeprefix("/crm")
    fitting = [
        known
        for known in the_spec()["paths"]
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/:]+", re.escape(known)), path)
        and asked.method.lower() in the_spec()["paths"][known]
    ]
    assert fitting, f"{asked.method} {path} is not in the spec"
    return the_spec()["paths"][min(fitting, key=lambda p: p.count("{"))][asked.method.lower()]


def check(asked):
    operation = operation_of(asked)
    known = {p["name"]: p for p in operation.get("parameters", []) if p["in"] == "query"}
    for name, value in asked.query:
        assert name in known, f"{operation['operationId']} takes no {name}"
        check_parameter(known[name], value)
    assert ("requestBody" in operation) == (asked.body is not None)
    if asked.body is not None:
        check_body(operation["requestBody"]["content"]["application/json"]["schema"], asked.body)
    return operation["operationId"]


def check_parameter(parameter, value):
    schema, text = parameter["schema"], parameter.get("description", "")
    name = parameter["name"]
    if name == "page_size":
        assert 0 < int(value) <= schema["maximum"]
    elif name == "update_mask":
        assert value in schema["items"]["enum"]
    elif name == "fields":
        assert all(re.search(rf"\b{one}\b", text) for one in value.split(","))
    elif name == "order_by":
        field, direction = value.split(" ")
        assert f"`{field}`" in text
        assert direction in {"asc", "desc"}
    elif name == "filter":
        for condition in value.split(";"):
            assert f"`{re.split('==|>', condition)[0]}`" in text


def check_body(schema, body):
    whole = schema | {"components": the_spec()["components"]}
    Draft202012Validator(whole).validate(body)
    model = the_spec()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    assert set(body) <= set(model["properties"])


EVERY_CALL = [
    lambda c: c.status_page(UNDELIVERABLE),
    lambda c: c.status_page(UNDELIVERABLE, token="t"),
    lambda c: c.statuses_of(["ana@example.com", "b+c@example.com", "odd,one/x@example.com"]),
    lambda c: c.contacts_after("0"),
    lambda c: c.contacts_after("12", changed_since=NOW),
    lambda c: c.contacts_with_email("ana@example.com"),
    lambda c: c.contacts_with_email("odd,one@example.com"),
    lambda c: c.contacts_by_id([ContactId("1"), ContactId("2")]),
    lambda c: c.full_record(ANA),
    lambda c: c.orders_of(ANA),
    lambda c: c.model(),
    lambda c: c.delete_contact(ANA),
    lambda c: c.tag_id("Recovered", create=True),
    lambda c: c.apply_tag("3", [ANA]),
    lambda c: c.remove_tag("3", [ANA]),
    lambda c: c.find_note(ANA, "[rec:1]"),
    lambda c: c.add_note(ANA, user_id="1", title="[rec:1] t", text="x"),
    lambda c: c.change_note(ANA, "4", user_id="1", rewrite=lambda _: Note("[rec:1] t", "y")),
    lambda c: c.find_task(ANA, "[rec:1]"),
    lambda c: c.add_task(TaskDraft(ANA, "1", "[rec:1] t", "x", NOW)),
    lambda c: c.redate_task("3", NOW, instead=("x", "y")),
    lambda c: c.assign_task("3", user_id="2"),
    lambda c: c.complete_task("3", NOW),
    lambda c: c.completed_tasks(["1", "2"]),
    lambda c: c.set_primary_email(ANA, "new@example.com", instead_of=None, reason="by WhatsApp"),
    lambda c: c.opt_in("a/b@example.com", reason="by phone", still=lambda: True),
    lambda c: c.opt_out("a/b@example.com", reason="by phone"),
    lambda c: c.achieve_goal(ANA, integration="recovery", call_name="recovered"),
    lambda c: c.users(),
    lambda c: c.acting_user(),
]


@pytest.fixture
def keap():
    double = KeapDouble()
    contact = {"id": "7", "email_addresses": [{"email": "two@example.com", "field": "EMAIL2"}]}
    double.always = lambda _: Says(200, contact)
    yield double
    double.close()


def test_every_request_is_in_the_spec_and_every_operation_is_used(keap):
    settings = KeapSettings(base_url=keap.url, token="k-1")
    client = KeapClient(settings, clock=lambda: NOW, pacer=Pacer(MemoryPacerStore(), rate=10_000))
    for call in EVERY_CALL:
        call(client)
    used = {check(asked) for asked in keap.asked}
    ours = {o.name for o in vars(operations).values() if isinstance(o, Operation)}
    assert used == ours


def test_ids_and_addresses_are_quoted_whole_in_paths(keap):
    settings = KeapSettings(base_url=keap.url, token="k-1")
    client = KeapClient(settings, clock=lambda: NOW, pacer=Pacer(MemoryPacerStore(), rate=10_000))
    client.opt_in("a/b?c#d+e@example.com", reason="r", still=lambda: True)
    quoted = keap.asked[0].path.removeprefix("/crm/rest/v2/emailAddresses/").removesuffix("/status")
    assert "/" not in quoted
    assert unquote(quoted) == "a/b?c#d+e@example.com"
