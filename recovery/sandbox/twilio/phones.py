"""What a telephone does when it rings: a rep's, which presses the key, or a contact's."""

from dataclasses import replace
from typing import Any

from recovery.sandbox.directory import line_key
from recovery.sandbox.people import Carrier, draw, phone_talk
from recovery.sandbox.twilio.state import Account, Call, Ringing

#: Voicemail picks up after so many seconds.
_VOICEMAIL_AFTER = 22.0


def script(account: Account, phone: str, habits: dict[str, Any]) -> Ringing:
    """Has a rep's phone behave so from now on; raises ValueError on an unknown habit."""
    known = account.rep_phones.get(line_key(phone)) or _rep(account, phone)
    typed = {**habits}
    if "carrier" in typed:
        typed["carrier"] = Carrier(typed["carrier"])
    try:
        account.rep_phones[line_key(phone)] = replace(known, **typed)
    except TypeError as error:
        raise ValueError(str(error)) from error
    return account.rep_phones[line_key(phone)]


def rings(account: Account, call: Call) -> Ringing:
    """What comes of this call: who is no contact, called by the API, is somebody of the firm."""
    line = line_key(call.to)
    person = account.directory.person(call.to)
    if call.parent_sid is None and (person.contact_id is None or line in account.rep_phones):
        return account.rep_phones.get(line) or _rep(account, call.to)
    account.calls_to[line] += 1
    talk = phone_talk(person.persona, attempt=account.calls_to[line])
    after = 3 + draw(f"{person.key}:{account.calls_to[line]}", "picks up") * 12
    if talk.carrier is Carrier.voicemail:
        after = _VOICEMAIL_AFTER
    return Ringing(
        carrier=talk.carrier, after=after, seconds=talk.seconds, says=talk.says, email=talk.email
    )


def _rep(account: Account, phone: str) -> Ringing:
    """A rep at work: picks up soon, and presses what they are asked for."""
    after = 2 + draw(f"{account.world.options.seed}:{line_key(phone)}", "rep picks up") * 4
    return Ringing(carrier=Carrier.answered, after=after, seconds=7200, presses="1")
