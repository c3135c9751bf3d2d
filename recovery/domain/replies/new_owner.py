"""The number changed hands, as the one who has it now tells it: two things said together."""

import re

from recovery.domain.replies.text import Reply
from recovery.domain.replies.words import any_of

_NUMBER = any_of(
    "numero telefono telefone celular movil telemovel number phone cell chip sim linea"
)
_THIS = rf"(?:est[ae]|ess[ae]|es[ae]|this|el|o|the) (?:{_NUMBER}|one)"
_NOW = r"(?:ahora|agora|now|ya|ja)"
_SOMEBODY = (
    r"(?:(?:de|del|do|da|to|by)? ?(?:otr[ao]|outr[oa])(?: (?:persona|pessoa|senora?|senhora?"
    r"|duen[oa]|dono|tip[oa]|cara|mulher|mujer))?|(?:to )?(?:someone|somebody) elses?"
    r"|another (?:person|owner))"
)
_KIN = (
    r"(?:de |del |da |do |to )?(?:mi|minha|meu|my) (?:herman[oa]|irma[o]?|prim[oa]|ti[oa]|espos[oa]"
    r"|ex\w*(?: \w+)?|mama|papa|mae|pai|hij[oa]|filh[oa]|sisters?|brothers?|mums?|moms?|dads?"
    r"|wifes?|husbands?|cousins?|aunts?|uncles?)"
)
_WAS = r"(?:antes )?(?:era|was|used to be|pertenec\w+|pertencia|belonged)"
_IS_MINE = r"(?:es|e|is|its) (?:\w+ )?(?:mio|mia|meu|minha|mine)"
_I_HAVE_IT = r"(?:lo|la|o|a) (?:tengo|uso|tenho) (?:yo|eu)|(?:eu|yo) (?:lo |o )?(?:uso|tengo|tenho)"
#: Each alone says enough.
_CHANGED_HANDS = re.compile(
    rf"\b(?:{_THIS} {_WAS} {_SOMEBODY}(?=$| ,| y | e | and )"
    rf"|{_THIS} (?:{_NOW} {_IS_MINE}|{_IS_MINE} {_NOW})(?! (?:y|e|and) )"
    rf"|{_THIS} (?:{_NOW} (?:{_I_HAVE_IT})|(?:{_I_HAVE_IT}) {_NOW})"
    r"|(?:no|nao|not) (?:la|a|the) (?:persona|pessoa|person) (?:que|you)\b)"
)
#: These only together.
_OF_KIN = re.compile(rf"\b{_THIS} {_WAS} {_KIN}\b")
_IS_DEAD = re.compile(
    r"\b(?:(?:falleci|muri)(?:o|eron)|ha (?:fallecido|muerto)|faleceu|morreu"
    r"|passed(?: away)?|died)\b"
)
_MINE_NOW = re.compile(rf"\b(?:{_IS_MINE}|{_I_HAVE_IT}|compr(?:e|ei)|got it|bought it)\b")
_MINE = re.compile(rf"\b(?:{_THIS}|est[ae]|ess[ae]|this) {_IS_MINE}\b")
_ELSEWHERE = re.compile(
    rf"\b(?:tiene|tem|has|(?:she|he)s got) (?:otr[oa]|outr[oa]|another|a different|a new)"
    rf"(?: (?:{_NUMBER}|\w+ {_NUMBER}))\b"
)
_NOT_HERE = re.compile(
    r"(?:aqui|aca) (?:no|nao) (?:es|e)|(?:no|nao) (?:es|e) (?:aqui|aca)"
    r"|(?:(?:she|he)(?: is)? |shes |hes )?(?:isnt|not|is not) here"
)
_I_AM = re.compile(
    r"(?:(?:yo|eu) )?(?:soy|sou|habla|fala|aqui (?:es|e)|im|i am|this is)(?: (?:el|la|o|a))?"
    r" (?P<name>[a-z]+)\b"
)


#: `The previous contact no longer works here`, said by who has taken over.
_PREDECESSOR = re.compile(
    r"\b(?:contacto|contato|contact|person|persona|pessoa|encargad[oa]|responsavel|responsable"
    r"|colega|colleague) (?:(?:que|who|was|era|estaba|estava) )*(?:anterior|antes|antig[ou][oa]?"
    r"|previous)\b|\b(?:previous|former|old) (?:contact|person|manager|colleague)\b"
)


_OWNER_BEFORE = (
    r"(?:(?:duen[oa]|dono|dona|titular|owner|usuari[oa]) (?:anterior|antig[ou][oa]?|previo|de"
    r" antes)|(?:antig[ou][oa]?|anterior|previous|former|last) (?:duen[oa]|dono|dona|titular|owner"
    r"|usuari[oa]|user))"
)
#: A guess that says enough beside how long they have it.
_HAD_BY_ANOTHER = re.compile(
    rf"\b(?:deb\w+|dev\w+|must|might|may|probabl\w+|seguro|seguramente|capaz|acho|creo|seria|sera"
    rf"|era|was|want|looking|busc\w+|procur\w+)\b(?: \w+){{0,4}} {_OWNER_BEFORE}"
)
_HAVE_SINCE = re.compile(
    rf"\b(?:(?:est[ae]|ess[ae]|this|el|o) {_NUMBER}(?: \w+)? (?:lo )?(?:tengo|tenho|uso|compre"
    rf"|comprei)|(?:tengo|tenho|compre|comprei|got|have|had|bought|me dieron|peguei)(?: \w+)?"
    rf" (?:est[ae]|ess[ae]|this|el|o) {_NUMBER}|(?:only )?(?:got|had|have had) (?:it|this one))\b"
)


def succeeds(reply: Reply) -> bool:
    """They hold the post of the one we knew, so that what they hand over is to be used."""
    return _PREDECESSOR.search(" ".join(reply.words)) is not None


def changed_hands(reply: Reply) -> bool:
    """`It is mine now`, `it was somebody else's`, `not here, I am Wilmer`."""
    said = " , ".join(sentence.words for sentence in reply.sentences)
    if any(sentence.is_question for sentence in reply.sentences):
        return False
    if _CHANGED_HANDS.search(said) or (
        _OF_KIN.search(said) and (_MINE_NOW.search(said) or _IS_DEAD.search(said))
    ):
        return True
    if _MINE.search(said) and _ELSEWHERE.search(said):
        return True
    if _HAD_BY_ANOTHER.search(said) and _HAVE_SINCE.search(said):
        return True
    return _answers_for_another(reply)


def _answers_for_another(reply: Reply) -> bool:
    clauses = [clause.words for clause in reply.clauses]
    away = any(_NOT_HERE.fullmatch(words) for words in clauses)
    named = [match["name"] for match in map(_I_AM.match, clauses) if match]
    return away and any(re.search(rf"\b{name.capitalize()}\b", reply.raw) for name in named)
