"""A stop asked for before and asked for again: `I told you to take me off, so do it`."""

import re

from recovery.domain.replies.stop_nouns import DATA, MY
from recovery.domain.replies.stop_verbs import OUT, OUT_MOOD
from recovery.domain.replies.text import Reply

_ASKED = (
    r"(?:(?:ya|ja|already|les|lhes|le|te|os|vos|yo|eu|i|we|have|ive) )*(?:pedi(?:do|mos)?|solicite"
    r"|solicitei|solicitado|solicitamos|dije|disse|exigi|asked|told|requested|emailed|reclame)"
)
_TO_BE_GONE = (
    r"(?:(?:me|nos) (?:dieran?|diesen|dessem|dier[ao]is) (?:de )?(?:baja|baixa)"
    rf"|(?:(?:me|nos) {OUT}{OUT_MOOD}|{OUT}{OUT_MOOD}(?:me|nos))"
    r"(?=$| ,| de (?:la|su|es|est|sus|tu)| d[ao]s?| dess| y | e | ya| ja| por favor| en (?!el|la))"
    rf"|{OUT}{OUT_MOOD} {MY}+{DATA}"
    r"|(?:to )?(?:take|get|remove|unsubscribe|delete) (?:me|us|my (?:number|name|data|details"
    r"|info))|to be (?:taken off|removed|deleted|unsubscribed)|(?:la |mi |a |minha )?(?:baja|baixa)"
    r"|to stop|que (?:pararan|parassem|dejaran|deixassem))"
)
_BEFORE = re.compile(rf"\b{_ASKED}(?: (?!no\b|nao\b|not\b)\w+){{0,6}}? {_TO_BE_GONE}\b")
#: Of the same, now.
_DO_IT = re.compile(
    r"(?:(?:so|asi que|entao|entonces|please|por favor|pues|ya|ja|now|just|y|e|and|then|agora"
    r"|ahora) )*(?:hag[ao]nlo|hagalo|hazlo|hacelo|haced?lo|faca[mn]?(?: (?:isso|o|lo))?"
    r"|cumpl[aei][nm]?(?:lo)?|tratem disso|resolvam(?: isso)?|do it|do that|do so|get it done"
    r"|get on with it|act on it|sort it(?: out)?|see to it)(?: (?:ya|ja|now|already|please|today"
    r"|hoy|hoje|agora|ahora|carajo|caramba|porra|logo|mierda|then|por favor|properly|this time"
    r"|de vez|this instant))*"
)
#: It was done, or it is of something else.
_SETTLED = re.compile(
    r"\b(?:lo hicieron|fizeram|did it|done|listo|gracias por|thanks for|pero ahora|mas agora"
    r"|but now|linea|line|servicio|servico|tarjeta|cartao|cuenta|conta|account|gimnasio|gym"
    r"|academia|curso|course|seguro|insurance|plan[oe]?|contrato|contract|mi (?:hij|espos)\w*)\b"
)


def repeats_request(reply: Reply) -> bool:
    """They asked to be taken off before, and say: do it."""
    said = " , ".join(sentence.words for sentence in reply.sentences)
    if _SETTLED.search(said) or any(sentence.is_question for sentence in reply.sentences):
        return False
    asked = _BEFORE.search(said) is not None
    return asked and any(_DO_IT.fullmatch(clause.words) for clause in reply.clauses)
