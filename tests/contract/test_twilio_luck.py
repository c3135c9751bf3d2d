"""What becomes of a message does not depend on the order in which messages arrive."""

from datetime import timedelta

from tests.contract.twilio_world import sandbox

ANA, BRUNO = "+525512345678", "+5511987654321"


def fates(order: tuple[str, ...]) -> dict[str, list[tuple[str, str]]]:
    """The ledger's callbacks of two people, written to in this order."""
    with sandbox() as town:
        for phone in order:
            town.script(phone, behaviour="silent", old_form_only=False, reads=True)
        template = town.template()
        callback = "http://127.0.0.1:9/webhooks/twilio/status/x"
        sids = {
            town.send(phone, ContentSid=template, StatusCallback=callback)["sid"]: phone
            for phone in order
        }
        town.move(hours=timedelta(days=1) / timedelta(hours=1))
        found: dict[str, list[tuple[str, str]]] = {phone: [] for phone in order}
        for row in town.ledger("callback"):
            found[sids[row["sid"]]].append((row["status"], row["at"]))
        return found


def test_whoever_is_written_to_first_everybody_reads_at_the_same_moment():
    one, other = fates((ANA, BRUNO)), fates((BRUNO, ANA))
    assert one[ANA]
    assert {status for status, _ in one[BRUNO]} >= {"delivered", "read"}
    assert one == other
