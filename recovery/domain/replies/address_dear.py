"""An address of somebody dear: lent, made for them, or theirs alone."""

import re

from recovery.domain.replies.address_offer import NO_WORD, ORDER
from recovery.domain.replies.address_people import KIN, OFFICE, PEOPLE
from recovery.domain.replies.address_remark import ON_RECORD
from recovery.domain.replies.address_story import NOT_TO

_MAILBOX = (
    r"(?:(?:correo|e?mail|cuenta|conta|direccion|endereco)(?: electronic[oa]| eletronico)? )?"
)
#: `Use my wife's instead`.
_LENT = re.compile(
    rf"\b(?:(?!e?mails? d){ORDER}|uso|usamos|using|doy|dou|dejo|deixo|paso|passo|mejor|melhor"
    rf"|better|instead|usar|por(?= o d)|(?:pode|puede|podria|poderia) ser)\b"
    rf"(?:(?: por favor| mejor| melhor| antes| tambien| it| them| everything| todo| tudo| to| at"
    rf"| for| a| al| ao| no| na| en| em| el| la| o| pelo| pro| pra| por| para))*"
    rf" (?:{_MAILBOX}(?:del?|d[oa]) (?:mi|meu|minha|mis) {KIN}\b|(?:my|our) {KIN}s\b)"
    rf"|\b(?:my|our) {KIN}s(?: one)? (?:is|works|will be|would be) (?:\w+ )?(?:fine|good|ok|okay"
    r"|best|better|perfect)\b"
    rf"|\b{KIN}\b.* (?!e?mails?\b){ORDER}(?: (?:it|them|everything|todo|tudo|to|at|a|al|ao"
    r"|pro|pra|no|el|o))* (?:hers|his|theirs|suyo|del?(?: ella| el|[ea]))(?=$|[ ,:])"
)
_PHONE = re.compile(r" (?:number|phone|cell|mobile|numero|celular|telefon\w*|whatsapp)\b")
_DID_MAKE = (
    r"(?:hizo|abrio|creo|saco|armo|fez|criou|abriu|arranjou|made|created|opened|set (?:it )?up"
    r"|configur\w+|montou|instal\w+)"
)
#: `My grandson made me one`.
_MADE = re.compile(
    rf"\b{KIN}s? (?:ya |ja )?(?:(?:me|nos) (?:ha |acaba de )?(?:hecho|hizo|abri\w+|cre[oa]\w*"
    rf"|crio\w*|sac\w+|arm\w+|pus[oe]|fez)|(?:fez|criou|abriu|arranjou)(?:[ -]me\b|(?: \w+){{0,4}}"
    rf" (?:para|pra|p) mim)|(?:made|set|created|opened|got|did)(?: \w+){{0,3}} (?:me|up)\b)"
)
#: `The one that my grandson made is`: named by who made it.
_MADE_BY = re.compile(
    rf"\b(?:que|that|one) (?:(?:me|nos) {_DID_MAKE} (?:mi|la|el|una?) {KIN}"
    rf"|(?:me )?{_DID_MAKE} (?:[oa] )?(?:meu|minha|[oa]) {KIN}"
    rf"|(?:(?:mi|el|la|[oa]|[oa] meu|[oa] minha|meu|minha|my) )?{KIN} (?:me |nos )?{_DID_MAKE})"
    r"(?: (?:pra|para|for) (?:mi|mim|me))?[ ,:]*(?:es|e|eh|is)?[ :]*$"
    rf"|\b{KIN} (?:me |nos )?{_DID_MAKE} (?:ess?e|este|this(?: one)?)[ :]*$"
)
_GET_ONE = (
    r"(?:sac|hac|abr|cre|cri|faz|mak|set|open|get)\w*(?: (?:up|un[oa]?|este|esse|uma?|one|this|new"
    r"|nuevo|novo))*"
)
#: `My daughter helped me to set up one`, `my daughter says to put`.
_BY_HELP = re.compile(
    rf"\b(?:(?:me )?(?:ayudo|ajudou) (?:[oa] )?(?:mi|meu|minha) {KIN}|{KIN} (?:me )?(?:ayudo|ajudou"
    rf"|helped me)) (?:a |to )?{_GET_ONE}[ :,]*$"
    rf"|\b{KIN} (?:me )?(?:dice|dijo|diz|disse|falou|says|said) (?:(?:que|pra|para|to|l[aeo]s?"
    r"|te|os|lhe) )*(?:pong\w*|de|diga|anot\w+|us\w+|put|give|por|dar|passar|pass|colocar)[ :]*$"
)
_MY = r"(?:mi|meu|minha|[oa] meu|[oa] minha|my|el|la|[oa])"
_FOR_ME = r"(?:it|this|that|one|este|es[es]?e|l[oa]|me|nos|(?:para|pra|p|for) (?:mi|mim|me|us))"
#: `… my grandson set it up for me`, said of the address before it.
_MADE_IT = re.compile(
    rf"[ ,(]*(?:(?:es|e|eh|is|its|foi|fue|quem|quien|el|o|the one|que|which|that|ese|esse|este|ya"
    rf"|ja|{_FOR_ME}) )*(?:{_DID_MAKE} (?:(?:foi|fue) )?{_MY} {KIN}"
    rf"|{_MY} {KIN} (?:(?:que|who|quien)(?: me)? (?:ajuda|ayuda|helps(?: me)?) )?"
    rf"(?:(?:que|quien|quem|who|{_FOR_ME}) )*{_DID_MAKE})(?: {_FOR_ME})*(?=$|[ ,.!)])"
)
#: `My daughter's: …, put it there`.
_OF_DEAR = re.compile(
    rf"\b(?:(?:del?|d[oa]) (?:mi|meu|minha|mis|la|el) {KIN}\b|(?:my|our) {KIN}s\b)"
)
_PUT = (
    r"(?:pong\w+|ponl\w+|pon|anot\w+|apunt\w+|registr\w+|agreg\w+|coloc\w+|coloqu\w+|cadastr\w+"
    r"|(?:actuali[cz]|atualiz|updat)\w+(?=.* (?:tambien|tambem|too|also|as well)\b)"
    r"|us(?:en?|a|em)(?:l[oa])?|put|send|use|mand\w+|envi\w+"
    r"|(?:pode[ms]?|puede[ns]?|can|could)(?: (?:you|vc|voce))? (?:por|usar|colocar|anotar|poner"
    r"|mandar|enviar|use|put|send)(?:l[oa])?)(?<!le)(?<!les)(?<!lhe)(?<!lhes)"
)
_PUT_THERE = re.compile(
    rf"[ ,.!]*(?:(?:por favor|porfa|please|y|e|and|so|ahi|la|me|l[oa]) )*{_PUT}"
    r"(?: (?:it|them|that|this|one|down|tudo|todo|everything|ese|esse|este|la|ahi|ai|there|pra"
    r"|para|nomas|por favor|please|porfa|mesmo|mismo|tambien|tambem|too|also|as well"
    rf"|{ON_RECORD}))*(?=$|[,.!])"
)
_THING_TO = re.compile(
    r" ?(?:(?:el|l[ao]s?|[oa]s?|the|mis?|my|meus?|minhas?) )?(?:factur|recib|invoice|receipt|bill"
    r"|not[ai]s? fisca|statement|bolet|horario|timetable|contra[tc]t|presupuesto|orcament|quote"
    r"|resultad|results|everything|tod[oa]s?|tudo|aviso)\w*(?: \w+){0,3} (?:al?|to|para|pr[ao]) *"
)
_KINDLY = re.compile(r"[ ,]*(?:please|pl[sz]|por favor|porfa\w*|thank\w*|graci\w+|obrigad\w+)\b")
#: `Use that to contact my boss`.
_FOR_SOMEBODY = re.compile(
    r"\b(?:para|pra|p|to|for) (?:contact|contat|reach|talk|speak|habl|fal|comunic|escrib|escrev"
    r"|email|writ|call|llam|lig|ubic|locali[sz])\w*(?: (?:a|ao|con|com|to|with))?"
    rf" (?:(?:[ao]|el|la) )?(?:mi|meu|minha|my|nuestr[oa]|noss[oa]|our|the|el|la|[oa])"
    rf" (?:{PEOPLE}|{OFFICE})\b"
)
#: `… they may send it there`.
_SEND_THERE = re.compile(
    r"\b(?:(?:pode[ms]?|pueden?|puedes|can|may) (?:\w+ )?(?:mandar|enviar|escribir|escrever|send"
    r"|write|email"
    r"|usar|use)(?:l[oa]s?|me)?|manden?(?:l[oa])?|mandem?|envien?(?:l[oa])?|enviem?|escriban?"
    r"|escrevam?"
    r"|usen?|usem|send|use|write|email)(?: (?:it|them|tudo|todo|everything|todo|as coisas|las"
    r" cosas))? (?:(?:para|pra|a|al|to|por) )?(?:la|ahi|alli|ai|there|ese|esse|that|that one|esse"
    r" mesmo)(?=$|[ ,.!])"
)
_DEAR_ONE = re.compile(rf"\b{KIN}(?:s|'s)?\b")
#: Of a box that is lent the owner's habits say nothing.
_OWN_HABIT = re.compile(
    r"[ ,]*(?:(?:que|porque|pq|pois|because|as|since) )?(?:yo|eu|i) (?:casi |quase |hardly )?(?:no"
    r"|nao|dont|never"
    r"|nunca|hardly)(?: \w+)? (?:mir|us|vej|veo|ve|abr|revis|entiend|entend|mex|tengo|tenho|manej"
    r"|olh|check|use|have|look|read|le|leo|open)\w*(?: (?:el|o|a|at|mi|meu|my|de|en|un|um))*"
    r" (?:correos?|e?mails?|mail|computador\w*|internet|esas cosas|essas coisas|those things)"
)


def lends(sentence: str) -> bool:
    """`Use my wife's instead`, `my grandson made me one`: somebody's, but to be used."""
    lent = _LENT.search(sentence)
    if lent is not None and not _PHONE.match(sentence[lent.end() :]):
        return NOT_TO.search(sentence[: lent.start()].strip()) is None
    return any(made.search(sentence) for made in (_MADE, _MADE_BY, _BY_HELP))


def sends_there(after: str) -> bool:
    """It is somebody's, and they want it used all the same."""
    theirs = _DEAR_ONE.search(after) is not None and _SEND_THERE.search(after) is not None
    return theirs and NO_WORD.search(after) is None


def without_own_habit(after: str) -> str:
    """`Use my wife's, …, I never look at my mail`."""
    return _OWN_HABIT.sub("", after, count=1)


def without_maker(after: str) -> str:
    """`…, my grandson set it up for me`."""
    return _MADE_IT.sub("", after, count=1) if _MADE_IT.match(after) else after


def puts_there(before: str, after: str) -> bool:
    """A dear one's, and to be put into our records."""
    return _OF_DEAR.search(before) is not None and is_put(after)


def is_put(after: str) -> bool:
    """`…, put it there`: the address before it is to be used."""
    return _PUT_THERE.match(after) is not None


def asks_for_it(clause: str, after: str) -> bool:
    """`The invoice to …, please`: an order without its verb."""
    return bool(_THING_TO.fullmatch(clause) and (is_put(after) or _KINDLY.match(after)))


def is_for_somebody(after: str) -> bool:
    """To be used, but for somebody else to be reached."""
    return _FOR_SOMEBODY.search(after) is not None
