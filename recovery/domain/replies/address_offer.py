"""Whether the words around an address hand it over, or tell what happened to it.

Handing over has few forms: nothing at all, a label, "it is", an order, what the person uses now.
Whatever else is told of an address is a story, and a story is for a person to read.
"""

import re

from recovery.domain.replies.address_people import KIN
from recovery.domain.replies.address_remark import COURTESIES, PLACE, without_place
from recovery.domain.replies.address_story import LOST, NEGATED, is_story
from recovery.domain.replies.words import any_of

#: To put something in the place of something; an order or a wish, never what was done.
_ORDER_STEM = any_of(
    r"""
    us utiliz utilic pon pong ponh ponl po poe bot met anot apunt cambi mud troc troqu actualiz
    actualic atualiz mand envi escrib escrev escribi remit carg agreg agregu adicion inclu registr
    cadastr coloc coloqu deix pass pas consider contact contat respond ingres corrig corrij
    modifi[cq] reemplac substitu guard tom apont agend prueb prob alter dirij dirig direccion
    direcion redirij redirig encaminh reenvi
    """
)
_ENDING = (
    r"(?:a|e|an|en|am|em|ar|er|ir|as|es|ais|eis|ad|ed|id|ai|ei|u[ea]n?|uem|irem|arem|erem|e[ms])?"
    r"(?:me|nos|le|les|lhe)?(?:l[oae]s?)?"
)
_ENGLISH_ORDER = any_of(
    r"""
    use put send update change switch try reach email write note add make set take swap replace
    amend mail get drop contact forward go record enter type direct redirect resend jot stick pop
    ping shoot
    """
)
#: `Agradecería lo actualizaran`.
_WISHED = rf"agradec\w+ (?:(?:que|me|nos|l[oa]|o) )*{_ORDER_STEM}(?:ara|iera|asse|esse)[nm]?"
ORDER = rf"(?:{_ORDER_STEM}{_ENDING}|{_ENGLISH_ORDER}|{_WISHED})"
_ONE_ORDER = re.compile(rf"{_ORDER_STEM}{_ENDING}|{_ENGLISH_ORDER}")
_ORDERED = re.compile(rf"\b(?:{ORDER}|mejor|melhor|better)\b")
#: What the person says of their own doing, now or once and for all.
_OWN_DOING = any_of(
    r"""
    estoy estou tou soy sou fico receber recib(?:ir|a)(?:l[oa]s?)? deletreo dicto soletro spell uso
    usamos utilizo ando tengo tenho tenemos temos abro reviso miro veo vejo checo manejo prefiero
    prefiro quedo queda fica ficou doy dou dejo deixo paso passo comparto compartilho segue sigue va
    vao van cambi[eo] mude mudei mudo mudou troquei passei passou pase paso migre migrei abri cree
    criei hice fiz saque compartimos recibo recebo use using have check share prefer open read got
    made moved changed switched created works
    """
)
_SAYS_IT = any_of(
    r"""
    es eh e is its be ser sea seja seria sera son sao ahora agora now hoy hoje mejor melhor better
    instead aqui aca here this este esse esta ese eso isso digo perdon sorry ops correo email mail
    emails correos direccion endereco address gmail nuev[oa] nov[oa] new actual atual current
    correct[oa]? corret[oa] cert[oa] right buen[oa] bueno best personal pessoal principal trabajo
    trabalho mio mine mines sino solo so only just preferencia preferably preferiblemente
    """
)
#: Courtesy and small talk before an address.
_SMALL = any_of(
    r"""
    hola holaa oi ola oii hi hey hello buenas? buen(?:os?)? dias? tardes? noches? bom boa dia tarde
    noite good morning afternoon evening there si sii sip sim yes yeah yep ok okay okey vale dale
    claro que gracias obrigad[oa] thanks thank you por favor porfa please pls el la lo los o os as
    the y e and pues entonces entao then so listo bueno sure course of jaja\w* jeje\w* kk+ rs+ lol
    ya ja otra vez nuevo mire mira look ve ver ah oh uy opa yesemoji nada mas tambien tambem muito o
    ou or para pra pa pro al ao a no en em at to con com with on im do del mi meu my aye yup yeh
    righto cool great perfecto perfeito genial muchas sr sra srta senor senora senhor senhora dona
    don
    """
)
#: May be ours: `el de la academia`.
FIRM = r"(?:academia|clinica|hospital|tienda|loja|shop|store|escuela|escola|empresa|company|firma?)"
_OFFER = re.compile(
    rf"\b(?:{ORDER}|{_OWN_DOING}|{_SAYS_IT}"
    r"|(?:estoy|ando|estou|tou?) (?:usando|utilizando)|(?:find|reach|get|catch|hit) me"
    r" (?:up )?(?:at|on|via|in)"
    r"|me (?:ach(?:a|am|e|em)|encuentra[ns]?|encontra(?:[ms]|is)?)|quise decir"
    r"|quis dizer|(?:i )?meant?|o sea|mind \w+ing(?: \w+){0,3}$|(?:give|leave|pass) (?:you|u)$"
    r"|que (?:me|nos) (?:llegu|chegu)e[nm]?|ou seja"
    r"|(?:pode[ms]?|poderiam?|podiam?) (?:me )?por(?: (?:o|ai|la|n?es[st]e))*$"
    rf"|(?:mi|meu|my) {PLACE}(?: one)?$"
    rf"|(?:el|al|o|ao|no|the) (?:(?:del?|d[oa]) )?(?:la )?(?!{FIRM}){PLACE}(?: one)?$)\b"
)
_SMALL_TALK = re.compile(rf"(?:(?:{_SMALL}|{COURTESIES}|[^a-z ]+)(?: |$))*")

#: Of a mailbox that is not the one just named.
_THE_OTHER = re.compile(
    r"\b(?:otr[oa]s?|outr[oa]s?|other|viej[oa]|antig[ou][oa]?|velh[oa]|old|anterior|hotmail|yahoo"
    r"|gmail"
    r"|aol|outlook|terra|bol|uol|pessoal|personal|trabajo|trabalho|work|de antes|mio|meu|minha"
    r"|mine|ese si|este si|esse sim)\b"
)
_NOT_MINE = re.compile(
    r"\b(?:no|nao|not|isnt) (?:es |e |is )?(?:el |o )?(?:mi[oa]|meu|minha|mine)\b(?! (?:ant|vi|ve"
    r"|ot|ou))"
)
#: `Use this, not that`; `share it with nobody`.
_CONTRAST = re.compile(
    r"^[ ,(]*(?:(?:y|e|and) )?(?:no|nao|not) (?:(?:a|al|ao|o|el|la|the|to|pro|pra|para|con"
    r"|com)\b(?! (?:mi[oa]|meu|minha|con[oh]\w+)\b)|(?:\w*mail|yahoo|outlook|live|terra|uol|bol"
    r"|(?:punto |ponto |dot |\.)?com|net|org)$"
    r"|(?:l[oa] |o |a )?(?:compart|partilh|difund|divulg|publi|perd|pierd|pas|share|manden|mandem))"
    r"|^[ ,(]*(?:(?:pero|mas|but|y|e|and) )?(?:por favor |please |porfa )?(?:no|nao|dont|do not) "
    r"(?:(?:le|les|lhes?) )?(?:mand|envi|escrib|escrev|avis|dig|cuent|cont|cop|send|tell|write|cc"
    r"|email)\w*"
    rf"(?: (?:nada|anything|mas|mais|cosas|to|it|isso|eso))* ?(?:al?|ao|pr[ao]|para|to|com|con)?"
    rf" ?(?:(?:el|la|o|a|my|mi|meu|minha) )+{KIN}\b"
    r"|^[ ,(]*not \w+$|^[ ,(]*(?:nadie|ninguem|nobody|no one) (?:mas|mais|else)\b"
)
#: What it may be said to be, and still be used.
_FINE = (
    r"(?: (?:mi|meu|minha|my|el|la|o|a|the|que|del?|do|da|where|onde|donde|un|uma?"
    r"|one|only|unic[oa]|more|mas|mais|muy|very|probably|so|eu|yo|i|si|sim))*"
    rf" (?:{PLACE}\b|nuev|nov|correo|e?mail|direcc|enderec|principal|new|main|uso|use|best|right"
    rf"|correct|corret|cert|buen|bueno|bom|mine|mio|meu"
    r"|fine|good|ok|perfect|better|mejor|melhor|preferred|actual|atual|current|i\b|reviso|abro"
    r"|vejo|veo|ese|esse|este|recibo|recebo|all|todo|tudo|minuscul|junto|easie|much\b"
    r"|to use|entr[oa]|mir[oa]|che[cq]\w*|leo|leio|read|see|get|llega|cheg|funciona|sirve|works"
    r"|only|unic[oa]|me$|posta|oficial|official|vigent|valid|vale|verdader|bien|bem|activ[oa]|ativ[oa]"
    r"|for (?:\w+ ){1,3}?(?:now|from now on|these days|going forward))"
)
_SPOILT = re.compile(
    rf"^[ ,]*(?:(?:y|e|and|pero|mas|but|que|which|who|eu|yo|i|ese|esse|esta|la|lo|me|se|it|that"
    rf"|aun|todavia|ainda|still|ate hoje|just|ni|nem|ya|ja|this|one|got|has|been) )*"
    rf"(?:{NEGATED}(?: \w+)? \w|ni\b|nem\b|{LOST}\b|(?:se me |me l[oa] )\w+"
    r"|(?:les|te|lhes?) \w+(?:io|ron|eu|ou|ram)\b|(?:me|nos) (?!(?:quedo|gusto|comunico|manejo"
    r"|conecto)\b)\w+(?:o|ron|eu|ou|ram)\b"
    r"|(?:usa|maneja|tiene|tem|uses|used by|belongs to|pertenece a|pertence a[o]?) (?:mi|meu"
    r"|minha|my)\b"
    r"|(?:(?:borr|elimin|quit|sac|remov|apag|tir|exclu)(?:a|e|ar|er|ir|en|an|em|am)(?:l[oe]s?)?"
    r"|remove"
    r"|delete|erase|olv[ií]den(?:lo)?|forget|ignor\w+)(?: (?:it|that|this|ese|esse|este|isso|eso"
    r"|one))?$|(?:(?:the|el|o|my|mi|meu) )?(?:old|viejo|antiguo|antigo|anterior|previous)(?: one)?$"
    r"|(?:wrong|mal|errad[oa]|equivocad[oa]|cancelad[oa]|incorrect[oa]?|incorret[oa])\b|bye\b|off\b"
    r"|(?:tenia|tinha|usaba|usava|used to(?! be$)|had)\b"
    r"|(?:dio|deu|da|gave|gives|sale|saiu|marca|throws) (?:\w+ ){0,2}?(?:err|problem|invalid"
    r"|rebot|bounc)\w*|(?:wrote|sent|emailed|messaged|contacted) (?:to )?(?:me|us)\b"
    rf"|nadie\b|ningu\w+\b|nobody\b|no one\b|noone\b|nada\b(?! mas| mais)|nothing\b|silencio\b"
    rf"|zero\b|(?:sin|sem) (?:respuesta|resposta|exito|sucesso|retorno|suerte)"
    rf"|keeps?\b|goes\b|cai\b|cae\b|volta\b(?= tud| sempr)|devolv\w+|tao\b|(?:lleg|cheg)\w+\b"
    rf"|(?:era|was|were|deals|handles|cuida|maneja|se encarga)\b"
    rf"|(?:(?:es|e|is|esta|ta)\b(?= \w\w)|(?:es|is)\b(?= an? ))(?!{_FINE}))"
)
#: `No, wait, that one is not mine`.
_THINKS_BETTER = re.compile(
    r"[ ,.]*(?:(?:no|nao|nope|not)\b ?,? ?(?:mejor no|melhor nao|better not)\b"
    r"|(?:mejor no|melhor nao|better not|actually no)(?=$| ?[,.!;]))"
)
_TAKEN_BACK = re.compile(
    r"[?.,!;\n ] ?(?:no|nao|nope|wait|pera|perai|espera|ops)\b.*\b"
    r"(?:es[et]|esse|este|that one|that) (?:(?:ya|ja|tambem|tampoco) )?(?:no|nao|isnt|is not)"
    r" (?:(?:es|e|lo|mas|mais) )*(?:mio|meu|mine|us\w+|existe|funciona)\b"
)
_LAUGH = re.compile(r"^[ ,]*(?:(?:j[aeio]){2,}j?|(?:ha){2,}h?|k{2,}|lol)\b")
#: Of the one that does not exist yet.
_PROMISE = re.compile(
    r"\b(?:depois|despues|luego|logo|later|vou|voy a|ill|i will|cuando|quando|when|once)\b"
    r"(?: \w+){0,4}? (?:pass|mand|envi|avis|cri|cre|hag|ha[cz]|abr|sac|send|giv|get|let|mak|set"
    r"|sort)\w*.*"
)
_UNSURE = re.compile(
    r"\b(?:not|no estoy|nao estou|no ando) (?:\w+ )?(?:sure|segur[oa]|cert[oa])\b"
    r"|\b(?:nao tenho certeza|i guess|supon[gh]o)\b"
    r"|\b(?:let me|ill|i will|deja(?:me)?|dejeme|deixa(?: eu|-me)?|vou|voy a|lo|luego)"
    r" (?:lo |te |le )?(?:check|confirm\w*|ask|chec\w*|pregunt\w+|pergunt\w+|verific\w+)\b"
)
_HE_WANTS = re.compile(r"^[ ,]*(?:el|ella|ele|ela|he|she) (?:si |sim )?(?:quier|quer|wants|needs)")
#: The same, said further on.
_NO_USE = re.compile(
    r", ?(?:que |pero |mas |but )?(?:(?:ya|ja|eu|yo|i) )*(?:no|nao|ni|nem|dont|never)"
    r" (?:mas |mais )?(?:existe\w*|funciona|uso|abro|entro|acesso|acedo|use|open|check|sirve"
    r"|reviso)\b(?! (?:el|o|the) )"
)
#: A place of work they left, and its address with it.
_LEFT_WORK = re.compile(
    r", ?(?:(?:que|porque|pq|ya|ja|eu|yo|i) )*(?:no|nao|dont|no longer) (?:mas |mais )?"
    r"(?:trabaj|trabalh|labor|work)\w* (?:mas |mais )?(?:ahi|alli|alla|la|ai|there|nessa|en esa"
    r"|nesse|en ese)\b"
)
_SINCE = re.compile(
    r"^[ ,]*(?:\w+ ){0,3}?(?:(?:hace|faz|ha|fazem) (?:\w+ )?(?:\d|an[io]|ano|mes|dia|seman|sigl|mil"
    r"|tiempo|tempo|rato|much)|desde (?!ahora|agora|hoy|hoje|ya|ja)|since\b(?! (?:i|we|my)\b)"
    r"|for (?:\w+ )?(?:year|week|month|day)s|ago\b|ayer\b|ontem\b|yesterday\b|el (?:lunes|martes"
    r"|miercoles|jueves|viernes|sabado|domingo)\b|on (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|last (?:week|month|year)|(?:la )?semana pasada|(?:na )?semana passada"
    r"|el (?:ano|mes) pasado|(?:ano|mes) passado)"
)
_SINCE_THEN = re.compile(
    r"[ ,]*(?:desde|since)(?: (?:el|o|la|a|last|este|this))? (?:(?:mes|ano|semana|month|year|week)"
    r"(?: (?:pasad[oa]|passad[oa]))?|ene\w*|jan\w*|fe[bv]\w*|mar\w*|a[bp]r\w*|ma[iy]\w*|ju[ln]\w*"
    r"|a[ug]\w*|se[pt]\w*|o[cu]t\w*|nov\w*|de[cz]\w*|di[ce]\w*|ayer|ontem|yesterday)"
)


def is_order(word: str) -> bool:
    """An order to put or use something; `Tomas` is a name."""
    return _ONE_ORDER.fullmatch(word) is not None and word not in {"tomas", "tomes"}


def is_ordered(sentence: str) -> bool:
    """An order, or `better`, hands the address over, and nothing turns it round."""
    order = _ORDERED.search(sentence)
    return order is not None and not is_story(sentence) and NO_WORD.search(sentence) is None


NO_WORD = re.compile(rf"\b(?:{NEGATED}|ni|nem)\b|\?")


def is_offered(clause: str, *, labelled: bool) -> bool:
    """The words before an address hand it over."""
    clause = clause.strip()
    small = _SMALL_TALK.fullmatch(clause) is not None
    return labelled or small or _OFFER.search(clause) is not None


def is_small_talk(clause: str) -> bool:
    """The words before an address, if any, neither offer it nor tell of it."""
    return _SMALL_TALK.fullmatch(clause.strip()) is not None


def is_spoilt(after: str) -> bool:
    """The words after an address tell that it is none to use: lost, silent, somebody's."""
    told = without_place(_LAUGH.sub("", re.split(r"[.;!?()\n]", after)[0]))
    if _NOT_MINE.search(told) or _LEFT_WORK.search(told):
        return True
    if _THE_OTHER.search(_PROMISE.sub("", told)) or _CONTRAST.search(told):
        return False
    if (
        _THINKS_BETTER.match(after)
        or _TAKEN_BACK.search(after)
        or _UNSURE.search(told)
        or _HE_WANTS.match(told)
    ):
        return True
    return _SPOILT.search(told) is not None or _NO_USE.search(told) is not None


def is_since_then(after: str) -> bool:
    """`… since last month`, and nothing else: from when on it holds."""
    return _SINCE_THEN.fullmatch(after.rstrip(" .!")) is not None


def is_since(after: str) -> bool:
    """`… since Monday`: it was done, and when."""
    told = re.split(r"[.;!?()\n]", after)[0]
    return _THE_OTHER.search(told) is None and _SINCE.search(told) is not None
