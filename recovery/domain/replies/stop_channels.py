"""The channels of a refusal, where every one is named and refused."""

import re

from recovery.domain.replies.stop_nouns import MAIL, MSG
from recovery.domain.replies.stop_scope import HOURS

_PHONE = r"(?:llamad(?:as?|itas?)|ligac(?:ao|oes)|calls?|telefonemas?|telefono|telefone|phone)"
_NAMED = (("mail", MAIL), ("call", _PHONE), ("message", MSG))
_NO = r"\b(?:no|ni|nem|nao|sin|sem|not|nor|neither|cero|zero)"
_WISH = r"(?: (?:quiero|quero|want|more|mas|mais|any|por|by|via|los|las|os|as|de|me))*"
_REFUSED = tuple((kind, re.compile(rf"{_NO}{_WISH} {noun}\b")) for kind, noun in _NAMED)
_NOTHING = re.compile(r"\b(?:nada|nothing)\b")
#: None came, there are none, or one of them is left open.
_TOLD = re.compile(
    r"\b(?:lleg\w+|cheg\w+|arriv\w+|came|got|get|recib\w+|receb\w+|reciev\w+|received|tengo|tenho"
    r"|have|hay|tem|hubo|tuve|tive|there|funciona\w*|work\w*|anda\w*|instead|entra\w*|sale\w*)\b"
)


def refuses_all(words: str) -> bool:
    """`No emails, no texts, no calls`; no calls and no texts leave us nothing else here."""
    refused = {kind for kind, pattern in _REFUSED if pattern.search(words)}
    if _TOLD.search(words) or len(refused) < 2 or HOURS.search(words):
        return False
    return {"call", "message"} <= refused or _NOTHING.search(words) is not None


def refuses_mail(words: str) -> bool:
    """Mail is one of the channels refused, or nothing is wanted at all."""
    return dict(_REFUSED)["mail"].search(words) is not None or _NOTHING.search(words) is not None
