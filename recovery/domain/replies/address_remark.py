"""What is said beside an address and leaves it as it is: small talk, haste, modesty."""

import re

from recovery.domain.replies.address_people import KIN
from recovery.domain.replies.text import COURTESY
from recovery.domain.replies.vocatives import DEAR
from recovery.domain.replies.words import any_of

_POLITE = any_of(" ".join(sorted(COURTESY - {"ahora", "now", "agora"})))
_PLEASE = (
    r"(?:porf\w*|pl[ei]*[asz]+e?|pf\w?v?\w?|si+[mpi]*|yes+|ok[aeiosy]*|sure thing|graci\w+|bjs*)"
)
#: `For anything at all: …`, `it is the same but …`
_FOR_ANY = (
    r"(?:for )?(?:(?:cualquier|qualquer|any) (?:\w+ )?(?:cosa|coisa|dudas?|duvidas?|tema"
    r"|questions?|asunto|assunto|info|aviso|novedad|novidade|consulta)"
    r"(?: (?:o|ou|or|u|y|e) \w+)?|anything|(?:lo|o) que (?:necesit|precis|quier|quis)\w*)"
)
COURTESIES = rf"(?:{_POLITE}|{_PLEASE}|{DEAR}|{_FOR_ANY})"

_NOT = (
    r"(?:(?:y|e|and|but|pero|mas|ya|ja|i|eu|yo) )*"
    r"(?:no|nao|n|not|dont|cant|cannot|wont|do not|nunca|never|hasnt|didnt)"
)
_TALK = (
    r"(?:habl|contest|respond|atend|fal|chat|talk|repl|answer|escrib|escrev|text|convers|charl"
    r"|llam|lig|marqu|call)\w*"
)
_MAY = r"(?:puedo|podre|posso|consigo|vou|voy a|will|can|podia)"
_AT_ONCE = r"(?:ahora|ahorita|agora|now|hoy|hoje|today|ya|ja|mas|mais|right|much|por|mucho|muito)"
#: What keeps them from talking at this moment.
_BUSY = (
    r"(?:estoy|ando|voy|vengo|estou|tou?|vou|im|i am|am) (?:\w+(?:ndo|ing)\b"
    r"|(?:e[nm]|al?|ao|n[oa]|in|at|on|de) (?:(?:a|la|el|the|una?|uma?) )?(?:clases?|aulas?|class"
    r"|trabajo|trabalho|work|reunion|reuniao|meeting|calle|rua|bus|onibus|train|medico|doctor)"
    r"|(?:muy )?ocupad[oa]|busy|driving)"
)
_NOT_NOW = (
    rf"{_NOT} (?:(?:lh?es?|te|os|vos|you|me) )?(?:{_MAY} {_TALK}(?: {_AT_ONCE})+\b(?! \w)"
    rf"|(?:{_MAY} )?{_TALK}(?: me)?(?: {_AT_ONCE})*,?"
    rf" (?:(?:que|porque|pq|because|cause|as) )?{_BUSY})"
)
#: `No se rían`, `don't forget`, `it never changed`.
_NOT_TO_MIND = (
    rf"{_NOT} (?:se |te |me |nos |l[oa] |o |ha |vale )*(?:ri(?:a[nms]?|r)?|burl\w+|juzgu\w+"
    r"|julgu\w+|laugh|judge|(?:olvide|esque[cs][ae]?|forget|worry|(?<!never )mind|preocupe|asuste"
    r"|pierda|perca|lose|confunda|equivoque|pregunte|pergunte|ask)(?:[nms]|s)?"
    r"|cambi\w*|mud(?:ei|ou|a)|chang\w*)\b(?: (?:me|it|o|about)\b)?"
)
_NO_HASTE = r"(?:no|sin|sem) (?:rush|hurry|worries|apuro|prisa|pressa|stress)"
_SIGN = any_of(
    r"""
    acentos? tildes? til accents? puntos? pontos? dots? guion(?:\s(?:bajo|medio))? underline
    underscore traco hifen dash espacios? espacos? spaces? mayusculas? maiusculas? caps cedilha
    numeros? numbers? [a-z](?=$|[,.!]|\s(?:final|al|no|at|en|in|es|e|is|y|and)\b)
    """
)
#: `Tomás sin acento`, `with one l`, `b de burro`, `ojo que lleva punto`.
_SPELT = (
    rf"(?:(?:ojo|atencao|cuidado)(?: que)? )?(?:(?:no|nao|not) )?(?:(?:es|e|is) )?"
    rf"(?:con|sin|com|sem|with|without|lleva|leva|tem|tiene)"
    rf" (?:(?:el|la|o|a|una?|uma?|an|the|doble|duplo|dupla|double|dos|dois|duas|two|one|sol[oa]|so)"
    rf" )*{_SIGN}"
    r"|(?:doble|duplo|dupla|double) [a-z]\b|[bcdfghjklmnpqrstvwxz] (?:de|as in|for) \w+"
)
_IF_NO_TROUBLE = (
    r"(?:si|se|if) (?:(?:no|nao|not|its|it|is|isnt|thats|es|e|for|you|te|le|lhe|dont|doesnt) )+"
    r"(?:(?:much[oa]|muit[oa]|too|pedir|no|una?|an?|any|hay|tiver) )*(?:molest\w+|incomod\w+"
    r"|problem\w*|trouble|much|muito|mucho|bother|mind)\b"
)
ON_RECORD = (
    r"(?:n[oa]|in|en|on) (?:(?:meu|seu|the|your|el|la|su|mi|my) )?(?:cadastro|sistema|system"
    r"|contato|contacto|ficha|file|lista|registro|records?)"
)
_ASIDE = re.compile(
    rf"^{ON_RECORD}\b|(?:^|(?<=[ ,]))"
    rf"(?:{_IF_NO_TROUBLE}|{_SPELT}|{_NO_HASTE}\b|{_NOT_NOW}|{_NOT_TO_MIND})"
)


def without_asides(after: str) -> str:
    """The words after an address without what only speaks of the moment: `…, can't talk now`."""
    return _ASIDE.sub("", after).strip()


def without_place(after: str) -> str:
    """The same without what kind of address it is: `…, it is the work one, but …`."""
    return _ITS_PLACE.sub("", after, count=1)


#: Where people have an address: `el de la chamba`, `the uni one`.
PLACE = any_of(
    r"""
    trabajo trabalho trampo chamba laburo pega curro jale brete servico servicio firma work job
    office oficina escritorio despacho estudio negocio empresa business company taller oficina
    consultorio clinica hospital tienda loja shop store uni u universidad universidade university
    facu facul faculdade facultad college campus escuela escola school colegio cole instituto
    academia prepa iglesia igreja church casa home diario siempre sempre personal pessoal
    """
)
_ITS_PLACE = re.compile(
    rf"^[ ,]*(?:(?:que|which|that|this) )?(?:es|e|eh|is|its|thats) (?:(?:el|o|the|my|mi|meu|un"
    rf"|um) )?"
    rf"(?:(?:del?|d[oa]|of) )?(?:(?:la|el|mi|my) )?{PLACE}\b(?: (?:one|e?mail|correo|address)\b)?"
)


_EVERY_DAY = (
    r"(?: (?:every ?day|daily|always|often|more|most|regularly|for (?:me|us)|siempre|sempre|seguido"
    r"|(?:tod[oa]s? )?(?:l[oa]s |os )?dias?|mas|mais|a diario|(?:por|para|pra) (?:mi|mim)))*"
)
_THE_BOX = r"(?: (?:it|that|this|es[aet]|ess[ae]|este|l[oa]|o)(?: (?:one|e?mail|correo))?)?"
_MY_KIN = rf"(?:mi|meu|minha|[oa] meu|[oa] minha|my|our) {KIN}"
_READS = r"(?:checks|reads|sees|opens|looks at|ve|revisa|abre|lee|le|olha|confere|mira|checa)"
_OFTEN = r"(?: (?:si|sim|que|l[oa]|o|always|siempre|sempre))*"
#: Who reads a shared box: `my wife checks that one every day`.
_READER = re.compile(
    r"[ ,]*(?:(?:que|porque|pq|pois|because|as|since|cause) )?(?:(?:ese|esse|este|it|l[oa]|o) )?"
    rf"(?:{_MY_KIN}{_OFTEN} {_READS}{_THE_BOX}|{_READS} {_MY_KIN}){_EVERY_DAY}(?=$|[,.!])"
)


def without_reader(after: str) -> str:
    """The words after an address without who reads it, where it is a dear one who does."""
    said = _READER.match(after)
    return after[said.end() :].strip() if said is not None else after
