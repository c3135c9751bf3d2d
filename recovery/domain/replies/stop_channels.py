"""The channels of a refusal: every one named and refused, or one refused and another welcome."""

import re

from recovery.domain.replies.stop_nouns import MAIL, MSG

_PHONE = r"(?:llamad(?:as?|itas?)|ligac(?:ao|oes)|calls?|telefonemas?|telefono|telefone|phone)"
_NAMED = (("mail", MAIL), ("call", _PHONE), ("message", MSG))
_NO = r"\b(?:no|ni|nem|nao|sin|sem|not|nor|neither|cero|zero)"
_WISH = r"(?: (?:quiero|quero|want|more|mas|mais|any|por|by|via|los|las|os|as|de|me))*"
_REFUSED = tuple((kind, re.compile(rf"{_NO}{_WISH} {noun}\b")) for kind, noun in _NAMED)
_NOTHING = re.compile(r"\b(?:nada|nothing)\b")
#: None came, there are none, or one of them is left open.
_TOLD = re.compile(
    r"\b(?:lleg\w+|cheg\w+|arriv\w+|came|got|get|recib\w+|receb\w+|reciev\w+|received|tengo|tenho"
    r"|have"
    r"|hay|tem|hubo|tuve|tive|there|funciona\w*|work\w*|anda\w*|instead|just|only|solo|so|apenas"
    r"|mejor|melhor|better|but|pero|sino|mas sim|prefier\w+|prefir\w+|prefer\w*|entra\w*|sale\w*)\b"
)
_HERE = (
    r"(?:(?:por |en |no |on |via |pelo |by )?(?:el |o |this )?(?:aqui|aca|ca|here|whatsapp|zap"
    r"|chat|sms|texts?|texting|telefono|telefone|phone|correos?|emails?|mail))"
)
_THERE = rf"(?:aqui|aca|ca|here|{MAIL}|whats\w*|zap|wsp|wpp|chat|sms|texts?|texting)"
#: `WhatsApp is fine`, `por aquí sí`, `so por email`.
_WELCOME = re.compile(
    rf"\b{_HERE}(?: (?:no|on) zap)?(?: (?:si|sim|yes|tudo bem|works?|fine|pode[mr]?|pueden?|puedes"
    rf"|podes|sirve|funciona|esta bien|ta bom|ta bem|va bien|me (?:sirve|viene|va|gusta|serve)"
    rf"|(?:is|are) (?:ok|okay|fine|good|better|alright|great|enough)))+\b"
    rf"|(?:\b(?:but|pero|sino)|, mas)(?: (?:the|el|o|your|por|via|on|by|do))* {_HERE} (?:is|its"
    rf"|esta|ta|es?|va"
    rf"|works?|si|sim|yes|ok|please|pode|dale|do|fine|me|sirve)\b(?! (?:not?|worse|too|also|as|nor"
    rf"|the same|tambien|tambem|mal|peor|no))"
    rf"|\b(?:mejor|melhor|solo|so|just|only|apenas|unicamente) (?:por |al |el |o |no |by |via )?"
    rf"{MAIL}\b(?! (?:basura|lixo))"
    rf"|\b(?:but|pero|mas) (?:(?:please|do|por favor) )*(?:keep|carry on|continue|sig(?:a[ns]?|ue)"
    rf"(?:me|nme)?|siganme|continu(?:a|e|en|em)|mant\w+)\b(?: \w+){{0,3}}? {_THERE}\b"
    rf"|\b(?:keep|deixa|deja|dejen) (?:me on |o |el )?(?:whatsapp|email|correo)\b"
)


def refuses_all(words: str) -> bool:
    """`No emails, no texts, no calls`."""
    if _TOLD.search(words) or welcomes_one(words):
        return False
    refused = [kind for kind, pattern in _REFUSED if pattern.search(words)]
    return len(refused) == len(_NAMED) or (len(refused) > 1 and _NOTHING.search(words) is not None)


def welcomes_one(words: str) -> bool:
    """They say where we may write."""
    return _WELCOME.search(words) is not None
