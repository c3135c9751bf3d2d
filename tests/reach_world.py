"""What a send comes to in the end, here and at the provider."""

from tests.installation import Home


def settled_by_record(home: Home, contact: str) -> str:
    """The state of the first message after all three looks."""
    for minutes in (3, 9, 60, 60):
        home.move(minutes=minutes)
        home.run("record")
    return str(home.step(contact)["state"])


def check_ledger(home: Home) -> None:
    """At most one message a person and step; a row for every message at the provider."""
    sent = home.messages()
    assert len({(m["line"], m["content_name"]) for m in sent}) == len(sent)
    sids = {row["sid"] for row in home.rows("SELECT sid FROM attempt WHERE sid IS NOT NULL")}
    assert {m["sid"] for m in sent} <= sids
