"""Plain yes and plain no: the whole message says nothing else."""

import re
from functools import cache

from recovery.domain.replies.text import COURTESY, Reply
from recovery.domain.replies.vocatives import VOCATIVE

_YES_CORE_TEXT = """
si sim yes s y yep yeah yup ye yea ok okay oki okey okok claro dale vale correcto correto
correct isso eso exacto exato exactly perfecto perfeito perfect confirmo confirmado confirmar
confirmed confirm afirmativo sure beleza blz certo certeza right course acuerdo listo sip simm
sii siu yess positivo obvio absolutely definitely va sale cierto certinho fechado combinado simon
sisi sipo sips sep ya yas yea yeh
great si! yesemoji asi pode bora supuesto okis oka tranqui sipi ss claroo aye
"""
_YES_CORE = frozenset(_YES_CORE_TEXT.split())
_YES_AROUND_TEXT = """
es e is it its thats that the este esse ese esta est ta ok con com de por of all bien bem todo
tudo mi meu my actualicen actualiza actualice actualizar atualizar atualiza atualize atualizem
update go ahead pode podem poder puede pueden poden ser mismo mesmo que muy dele una yes please
i confirm do want quiero quero deseo sou eu yo soy im am me gusta gustaria encantaria seguir
correo email mail dados datos lo los o os a fine good great cool nice perfecto hagan hacer fazer
adelante podemos manda mande ver vamos favor claro confirmo acepto aceito agree accept continuar
sigan seguro sem duda duvida sin problema mero works tambem tambien meus mis hagamoslo hagale genial
would like love id lets them gostaria get getting start receive receiving again back and correos
emails mandar enviar ai aqui ahi aca
quisiera nuevo novo nuevamente novamente otra vez
"""
_YES_AROUND = frozenset(_YES_AROUND_TEXT.split())
_NOT_ALONE = frozenset(
    {"va", "sale", "right", "asi", "course", "certeza", "acuerdo", "supuesto", "great"}
)
_YES_PHRASES = frozenset(
    """of course|de acuerdo|asi es|claro que si|por supuesto|com certeza|thats right|right|va
    |sale|sale va|all right
    |go ahead|con gusto|desde luego|de una|esta bien|ta bom|ta bem|esta bem|tudo certo|pode ser
    |ese mismo|ese es|ese mero|esse mesmo|e esse|e esse mesmo|esse mesmo e
    |es ese|esse|ese mismo es|it is|i do|i agree|acepto|aceito|estoy de acuerdo|concordo
    |adelante|es mi correo|e meu email
    |that one|thats it|thats correct|thats the one|e isso ai|isso ai|eso es|soy yo|sou eu
    |thats me|sure thing|sounds good
    |me parece bien|por mim tudo bem|hagale|sin problema|sem problema|sem problemas|no problem
    |great|va que va|con gusto|com gosto|com prazer|com todo gosto|con mucho gusto|happy to
    |quero sim|eu quero sim|aceito sim|pode sim
    |that works|works for me|with pleasure|dale no mas|dale nomas""".replace("\n", "").split("|")
)
_YES_PHRASES = frozenset(" ".join(p.split()) for p in _YES_PHRASES)
_NO = re.compile(
    r"^(?:(?:no|nao|nop|nope|nah|n|nel|negativo|noemoji|nem|noo|naum|ñ)(?: (?:no|nao|gracias"
    r"|obrigad[oa]|thanks|thank you|muchas|muito|quero nao|senor|senhor|senora|sir|por favor|please"
    r"|brigad[oa]))*|(?:(?:no|nao) )?(?:por )?(?:ahora no|agora nao|no por ahora|por enquanto nao"
    r"|por agora nao|not now|not right now|not today|no por el momento|por el momento no"
    r"|en este momento no|de momento no|de momento nao|no momento nao|hoy no|hoje nao|nao agora"
    r"|no thank you|maybe later|not at this time)|(?:(?:no|nao) )?(?:no|nao) (?:(?:me"
    r"|nos) )?(?:interesa|interessa|tenho interesse|tengo interes|estoy interesad[oa]"
    r"|estou interessad[oa]|deseo|hace falta|precisa|preciso|necesito|es necesario|e necessario"
    r"|es preciso|e preciso|va a ser necesario|quiero actualizar(?:lo)?|quero atualizar"
    r"|quiero cambiar(?:lo)?|quero mudar|estoy de acuerdo|concordo|confirmo|acepto|aceito|autorizo"
    r"|gostaria|me gustaria)(?: (?:nada|gracias|obrigad[oa]|mi correo|meu email|mis datos"
    r"|meus dados|no|nao))*|(?:no|nao) me interess?a (?:(?:actualiz|atualiz|cambi)ar(?:lo)?|mudar"
    r"|trocar)|(?:no|nao) (?:me interess?a|estoy interesad[oa] en|estou interessad[oa] em|quiero"
    r"|quero) (?:comprar|contratar|adquirir|gastar|pagar)(?: (?:nada|mas|mais|de))*|(?:no"
    r"|nao) me interess?a (?:eso|esto|isso|isto)|(?:no )?(?:im |i am )?not (?:interested in "
    r"|looking to )?buy(?:ing)?(?: anything| any)?(?: more)?|(?:no )?(?:im "
    r"|i am )?(?:not interested|no interest)(?: thanks| thank you)?|(?:no )?i (?:dont"
    r"|do not)(?: want to| agree)?(?: update(?: it)?)?|id rather not|prefiero no|prefiro nao"
    r"|better not|mejor no|melhor nao|no need(?: thanks)?|paso(?: gracias)?|dispenso|ill pass|pass"
    r"|asi esta bien|no asi esta bien|dejalo asi|dejelo asi|deixa pra la|deixa assim|not really"
    r"|no not really|nel pastel|passo|(?:no|nao)?(?: )?(?:ese no es|esse nao e|este no es"
    r"|no es (?:ese|correcto|este|mi correo|el mio|asi)|nao e (?:esse|isso|correto|este|meu|o meu"
    r"|meu email)|thats (?:not (?:it|correct|right|mine|me)|wrong)|its not|it is not|not correct"
    r"|incorrect|incorrecto|incorreto|no it isnt|no its not|not mine|esta mal|esta errado|ta errado"
    r"|esta incorrecto|not that one|ese no|esse nao)(?: no| nao)?|claro que (?:no|nao)|para nada"
    r"|de jeito nenhum|de ninguna manera|de forma alguma|absolutely not|no way|of course not|nada"
    r"|negative|que no|ni hablar)$"
)


#: What is said beside a yes or a no and changes neither.
_POLITE_TEXT = """
con com mucho muchisimo todo gusto gosto prazer amable amables gentil igual igualmente mesmo assim
anyway cheers saludos abrazo abs bjs besos bendiciones pero mas but though dear love pleasure happy
to with for your the same muy bonito lindo dia bye chau adios tchau
viu ne opa pe po forca
"""
#: Words of courtesy that put an answer off.
_PUT_OFF = frozenset({"so", "now", "ya", "ja", "ahora", "agora"})
_POLITE = (COURTESY | frozenset(_POLITE_TEXT.split())) - _PUT_OFF
_DOING = re.compile(
    r"(?:actuali[zc]|atualiz|volv|volt|cambi|mud|troc|confirm|recib|receb|sig|segu|continu|updat"
    r"|receiv|gett|keep)(?:ar|er|ir|iendo|endo|ando|ing|en|em|an|am|[ae]mos?|e|a)?(?:l[oae]s?|me)?"
)
_LONG_YES = re.compile(r"s+i+[mnp]*|y+e+s+|ye+a+h*|cla+ro+|da+le+|o+k+(?:a+y+)?")
_WOULD_BE = re.compile(
    r"(?:that|it|this)(?: would|d|ll|will) be (?:fine|good|great|lovely|nice|ok|okay|perfect)"
    r"|id (?:like|love) (?:that|to|it)(?: (?:update|keep|get|getting|receiving|them|it))*"
    r"|i would (?:like|love) (?:that|to|it)|go for it"
)
#: Beside thanks a thumb is one more courtesy, no yes.
_THUMB_UP = re.compile(
    r"(?:(?<=gracias)|(?<=thanks)|(?<=thank you)|(?<=obrigado)|(?<=obrigada)) yesemoji\b"
)
_GOOD_DAY = re.compile(
    r"(?:have an?|que (?:teng|tenh|pas)\w+(?: uma?| un)?|(?:teng|tenh)\w+(?: uma?| un)?)"
    r" (?:very )?(?:nice|good|great|lovely|buen|bom|boa|lindo|linda|excelente|otim[oa])"
    r" (?:day|one|evening|weekend|dia|tarde|noche|noite|semana)"
)
#: `But thanks for your attention`
_THANKS_FOR = re.compile(
    r"(?:(?:mas|pero|but|y|e|and) )?(?:(?:muchas|muito|many) )?(?:gracias|obrigad[oa]|thanks"
    r"|thank you) (?:pel[oa]|por|for)(?: (?:la|el|tu|su|o|a|seu|sua|the|your))? (?:atenc[ai]\w+"
    r"|atencion|contact\w+|contat\w+|mensa\w+|message|aviso|interes\w*|preocup\w+|lembranca|carinho"
    r"|offer|oferta|convite|invitacion|invite|reaching out|asking|checking|time)"
)
#: A no before its reason: `nah, I pass`.
_BARE = frozenset({"no", "nao", "nop", "nope", "nah", "na", "nel"})
_DEAR = re.compile(VOCATIVE)
_NO_WORD = re.compile(
    r"(?:no|nao|nop|nope|nah|na|nel)(?: (?:thanks|thank you|gracias|obrigad[oa]))? "
)
#: They lack nothing; beside a no it is one more.
_CONTENT = re.compile(
    r"you(?:re| are) (?:grand|good|fine|alright|ok|okay)|(?:(?:asi|assim) )?(?:estoy|esta|estamos"
    r"|estou|ta|to|todo|tudo|im|i am|its)(?: muy| tudo| all)? (?:bien|bem|bom|de boa|tranquil[oa]"
    r"|good|fine|ok|okay|set|alright)(?: (?:asi|assim|thanks))?|all good|de boa"
)
_NO_NEED = re.compile(r"(?:eu )?(?:to|estou|tou) de boa")
#: How frankly it is said.
_HEDGE = re.compile(
    r"^(?:(?:y|e|pero|mas|but) )?(?:(?:te digo |a |na |en )?(?:la )?verda(?:d|de)(?: (?:es|e))?"
    r"(?: que)?|(?:sinceramente|honestamente|francamente|honestly|frankly|actually|really|tbh"
    r"|mira|olha|look|pues|then|uy|ay|en realidad|na realidade|to be (?:quite )?honest|(?:the )?"
    r"truth is|(?:para|pra|por) ser (?:bien )?(?:sincer[oa]|honest[oa]|franc[oa])"
    r"|si(?:endo|endo) (?:sincer[oa]|honest[oa])|im afraid))(?: |$)"
)
#: With what a no is softened at its end.
_FAREWELL = re.compile(
    r"(?:^| )(?:lo siento(?: mucho)?|sinto muito|all the best|se l[eo]s? agradezco|abra[cz]os"
    r"|god bless(?: you)?|la verdad|na verdade)$"
)
#: When they do not want it; not: when they will.
_FOR_NOW = re.compile(
    r" ?\b(?:(?:por|de|no|neste|en este) (?:el )?(?:momento|ahora|agora)|ahorita|ahora|agora|at the"
    r" moment|right now|at this time|for now|just now|por enquanto|de momento)\b ?"
)
_THANKS_BUT = re.compile(r"^(?:(?:gracias|thanks|thank you|obrigad[oa]) )?(?:pero|but|mas) ")
_BARE_NOT = frozenset({"no", "nao", "not"})
_NOT_WANTED = frozenset({"no quiero", "nao quero"})
_LATER = re.compile(
    r"\b(?:later|maybe|quizas?|tal vez|talvez|despues|depois|luego|otro dia|outro dia|another)\b"
)
#: Why they need it no more; never of an address, which they may have another of.
_NO_MORE = re.compile(
    r"(?:(?:que |porque |pq |es que |because |cause )?(?:(?:yo|eu|i) )?)(?:(?:ya|ja) (?:no"
    r"|nao) (?:estoy|estou|to|voy|vou|estudio|estudo|asisto|tomo|hago|faco|curso|necesito|preciso"
    r"|compro|juego|jogo|practico|entreno|treino|soy|sou)|(?:ya|ja|already|have|ive) (?:termin|acab"
    r"|conclu|complet|formei|gradu|finish|done)\w*|(?:dont|no longer) (?:study|go|need|train|attend"
    r"|take|do))(?: (?!(?:pero|mas|but|sino|correo|e?mail|mail|direccion|endereco|cuenta|conta|si"
    r"|sim)\b)\w+){0,6}"
)
#: What they have got since; nothing else is told of it.
_HAVE_ONE = re.compile(
    r"(?:(?:que|porque|pq|because) )?(?:(?:we|i|nos|nosotros) )?(?:ya|ja|already) (?:(?:lo|la|o|a"
    r"|me|nos) )?(?:compr\w+|amobl\w+|consegu\w+|resolv\w+|encontr\w+|contrat\w+|bought|found|got"
    r"|sorted|hired|mobili\w+|arregl\w+|arrum\w+|vend\w+|sold|mudamos|remodel\w+|renov\w+)"
    r"(?: (?!(?:pero|mas|but|sino|y|e|and|correo|e?mail|mail|direccion|endereco|cuenta|conta|si|sim"
    r"|no|nao|not|quiero|quero|want|con ustedes|com voces|from you)\b)\w+){0,5}"
)
#: `Precisa não`, `not for me`, `yo paso`, `así déjelo`.
_NO_FOR_ME = re.compile(
    r"(?:precis[ao]|quero|carece|hace falta|tenho interesse|estou interessad[oa]"
    r"|tengo interes) n[ao]o?|(?:(?:its|it is|this is|thats) )?(?:not|isnt)(?: really)? for me"
    r"|its really not for me|no es (?:lo mio|para mi)|nao e (?:pra|para) mim(?: nao)?"
    r"|(?:im )?not (?:bothered|fussed|keen)|(?:(?:yo|eu|i|ill|im|will|going to|gonna|mejor"
    r"|melhor) )*(?:paso|passo|pass)(?: de esto)?|(?:(?:asi|prefiero|prefiro|mejor|melhor) )?(?:dej"
    r"|deix)\w+(?: (?:nomas|no mas))?(?: (?:quieto|asi|assim|como (?:esta|ta|estaba)"
    r"|pra la))?(?: (?:mesmo|nomas|no mas))?(?<!dejo)(?<!deixo)|(?:(?:thanks|thank you|gracias"
    r"|obrigad[oa]) )?(?:but|pero|mas) (?:no|nao)|(?:ill |i will )?leave it(?: (?:be|there|at that"
    r"|(?:as|how) (?:it )?is|(?:as|how) it was|like (?:that|this)))?"
)
#: `If you please`, said beside a yes.
_IF_YOU_PLEASE = re.compile(
    r"\b(?:se faz favor|sff|(?:faz|fa[cz]am?) (?:o )?favor|by all means|be my guest|please do"
    r"|por gentileza|(?:si|se) (?:es|fueras?|for|fosse) tan amables?|si no es molestia|se (?:der"
    r"|puder(?:em)?)|si (?:puede[ns]?|puedes|se puede)|cuando gust\w+|quando (?:quiser\w*|puder\w*)"
    r"|when you can|if you (?:would|can|could|dont mind|please|like))\b"
)
#: `I like getting the offers`, beside a yes.
_LIKES_THEM = re.compile(
    r"(?:(?:me gusta|me encanta|gosto(?: muito)? de|adoro|curto|i(?: really)?(?: like| love"
    r"| enjoy)?|de) )(?:recibir|receber|leer|ler|ver|getting|receiving|reading|to (?:get|receive"
    r"|read))(?: (?:las?|los|el|as?|os|sus?|tus?|suas?|seus?|the|your|these))? (?:promoc\w+|promos?"
    r"|ofertas?|novidades|novedades|noticias|newsletters?|news|deals|offers|correos|emails?|updates"
    r"|dicas|tips|informac\w+)"
)
#: They tell us to go on.
_GO_ON = re.compile(
    r"(?:^| )(?:(?:ah |oh )?go on(?: (?:then|so))?|go for it|do (?:it|that)|why not|manda (?:bala"
    r"|ver)|hazlo|vamos|hag[ao]l[oe]|haganlo|hacelo|pode fazer|hagamoslo|faca[mn]?|sigamos"
    r"|(?:actualicemos|atualizemos)(?:lo)?|lets do (?:it|that))(?: (?:please|then))?$"
)


def is_yes(reply: Reply) -> bool:
    """Words of agreement and nothing else; a question (`sí?`) agrees to nothing."""
    return _is_one_yes(reply) or _is_polite_yes(reply)


def _is_polite_yes(reply: Reply) -> bool:
    """`Sí señora, claro que sí`: a yes in each clause that says anything."""
    if any(sentence.is_question for sentence in reply.sentences) or len(reply.words) > 14:
        return False
    said = [_without_courtesy(clause.words) for clause in reply.clauses]
    told = [words for words in said if words]
    return bool(told) and _is_yes_itself(told[0]) and all(map(_agrees, told))


def _without_courtesy(words: str) -> str:
    if words in _YES_PHRASES:
        return words
    words = " ".join(w for w in words.split() if w == "amor" or not _DEAR.fullmatch(w)) or words
    rest = [word for word in _IF_YOU_PLEASE.sub("", words).split() if word not in _POLITE]
    return " ".join(word for word in rest if word != "yesemoji" or len(rest) == 1)


def _is_yes_itself(words: str) -> bool:
    first = words.split()[0]
    sure = first in _YES_CORE - _NOT_ALONE or _LONG_YES.fullmatch(first) is not None
    return sure or words in _YES_PHRASES or _GO_ON.fullmatch(words) is not None


def _agrees(words: str) -> bool:
    if _LIKES_THEM.fullmatch(words):
        return True
    words = _GO_ON.sub("", words)
    first, _, rest = words.partition(" ")
    if first in _YES_CORE and (_WOULD_BE.fullmatch(rest) or rest in _YES_PHRASES):
        return True
    if words in _YES_PHRASES or _WOULD_BE.fullmatch(words):
        return True
    return all(
        word in _YES_CORE
        or word in _YES_AROUND
        or _DOING.fullmatch(word)
        or _LONG_YES.fullmatch(word)
        for word in words.split()
    )


def _is_one_yes(reply: Reply) -> bool:
    words = reply.bare if set(reply.words) - {"ok", "okay"} else reply.words
    if not words or any(sentence.is_question for sentence in reply.sentences):
        return False
    if {" ".join(words), " ".join(reply.words)} & _YES_PHRASES:
        return True
    known = all(word in _YES_CORE or word in _YES_AROUND for word in words)
    core = any(word in _YES_CORE - _NOT_ALONE for word in words) or any(
        word in {"ok", "okay"} for word in reply.words
    )
    return known and core and len(words) <= 9


def is_no(reply: Reply) -> bool:
    """Words of refusal and nothing else: declines this question, not all contact."""
    if any(sentence.is_question for sentence in reply.sentences):
        return False
    if any(_is_no(" ".join(words)) for words in (reply.bare, reply.words)):
        return True
    said = [_told(_THUMB_UP.sub("", clause.words)) for clause in reply.clauses]
    said = _without_reason([words for words in said if words])
    content = [words for words in said if _CONTENT.fullmatch(words) or _NO_NEED.fullmatch(words)]
    noes = [words for words in said if words not in content and _declines(words)]
    alone = [words for words in noes if words not in _BARE]
    if len(content) + len(noes) < len(said) or (len(alone) > 1 and any(map(_is_put_off, alone))):
        return False  # something else is said, or put off as well: `not now, maybe later`
    return any(map(_declines, said))


def _is_put_off(words: str) -> bool:
    return _LATER.search(words) is not None


def _without_reason(said: list[str]) -> list[str]:
    """A no of its own needs none: `no, I finished the course`."""
    if len(said) > 1 and any(map(_is_no, said)):
        return [words for words in said if not _is_reason(words)]
    if len(said) == 1 and (first := _NO_WORD.match(said[0])) is not None:
        return ["no"] if _NO_MORE.fullmatch(said[0][first.end() :]) else said
    return said


def _is_reason(words: str) -> bool:
    return any(reason.fullmatch(words) for reason in (_NO_MORE, _HAVE_ONE))


def _told(words: str) -> str:
    """Without courtesy and whom it is said to at the end; all of it where nothing else is said."""
    words = _FAREWELL.sub("", _HEDGE.sub("", words))
    said = words.split()
    if _CONTENT.fullmatch(words) or _NO_NEED.fullmatch(words):
        return words
    if (
        words == "ta"
        or _THANKS_FOR.fullmatch(words)
        or _GOOD_DAY.fullmatch(words)
        or (set(said) & _POLITE and all(map(_is_courtesy, said)))
    ):
        return ""
    while (
        len(said) > 1
        and said[-2:] != ["no", "mas"]
        and (said[-1] in _POLITE or _DEAR.fullmatch(said[-1]))
    ):
        said.pop()
    return " ".join(said)


def _is_courtesy(word: str) -> bool:
    return word in _POLITE or _DEAR.fullmatch(word) is not None


def _declines(words: str) -> bool:
    """A no of its own, with or without its reason: `nah, I'm good`."""
    if _is_no(words) or _NO_NEED.fullmatch(words) or _NO_FOR_ME.fullmatch(words):
        return True
    words = _THANKS_BUT.sub("", words)
    if (at_present := _FOR_NOW.sub("", words).strip()) != words:
        content = _CONTENT.fullmatch(at_present) is not None
        return content or at_present in _BARE_NOT or at_present in _NOT_WANTED or _is_no(at_present)
    if _is_no(words):
        return True
    said = _NO_WORD.match(words)
    if said is None:
        return False
    rest = words[said.end() :]
    return any(reason.fullmatch(rest) for reason in (_CONTENT, _NO_FOR_ME, _DEAR))


@cache
def _is_no(text: str) -> bool:
    return len(text) < 80 and _NO.match(text) is not None
