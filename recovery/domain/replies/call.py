"""A wish to be called, in three languages."""

import re

from recovery.domain.replies.text import Reply, Sentence

_POLITE = (
    r"(?:pueden?|puedes|podrian?|podrias|podes|podeis|pudiera[ns]?|quiero que|quisiera que"
    r"|prefiero que|pido que|necesito que|favor de|favor"
    r"|pode|podem|poderia|poderiam|prefiro que|quero que|gostaria que|preciso que|podia"
    r"|podiam|consegue|es mejor que|mejor que|me gustaria que|espero que|seria mejor que)"
)
_CALL = re.compile(
    r"\b(?:(?:llama|llame|llamen|llamad|llamar|marca|marque|marquen|marcar|telefonea"
    r"|telefoneen)(?:me|nos)|liga(?:r|rem)? (?:me|pra mim|para mim|pra gente|p mim|pro meu)"
    r"|ligue(?:m)? (?:me|pra mim|para mim|pra gente)|liguem? (?:por favor|$)"
    rf"|{_POLITE} (?:por favor )?(?:voces |ustedes |alguien |alguem )?(?:me |nos )?(?:llam(?:ar|en?"
    rf"|es|eis|arme|ara[sn]?)|lig(?:ar|ue|uem|ues)|marcar?|marquen?|telefonar|telefonem?)(?: me)?"
    r"|(?:me|nos) (?:liga|ligue|liguem|ligam|ligas|ligar|llamas|llaman|llama|llame|llamen|llamas"
    r"|marcan|marcas|marca|puede[ns]? llamar|puedes llamar|podes llamar|podria[ns]? llamar"
    r"|podrias llamar|podem ligar|pode ligar|poderia ligar|da[ns]? una llamada|dan un telefonazo"
    r"|hacen una llamada|(?:da|de|dao) um(?:a)? (?:toque|ligada|telefonema|ligadinha)|da um toque"
    r"|telefona|telefone)|habl(?:a|e|en)me (?=(?:por|al) tel|manana|hoy|a las?\b|el (?:lun|mar|mie"
    r"|jue|vie|sab))|(?:me da[ns]?|dame|denme|deme|echa(?:me)?|eche(?:me)?|hazme|ha[cg][ae]n?me"
    r"|echenme|(?:pegu?|tir)[ae]n?me) un[a]? (?:toque|telefonazo|fonazo|timbrazo|llamad[ao]"
    r"|llamadita|tubazo)"
    rf"|{_POLITE} (?:me )?(?:llamar|marcar|telefonear|ligar)(?:me|nos)?(?<!ligar)(?<!marcar)"
    r"|(?<!meu )(?<!seu )(?<!o )(?<!mi )telefon(?:em?|eeme|eenme|eame) ?me|telefone[ae]n?me"
    r"|(?:quiero|quisiera|prefiero) que me telefone[ea]n?|(?:try|mind|consider|start) calling me"
    r"|(?:call|ring) my (?:cell|phone|number|mobile|office|home)|^(?:me )?da(?:o"
    r"|r)? uma (?:ligad(?:a|inha)|chamad(?:a|inha))|^liga (?=ai\b)|da (?:pra"
    r"|para) (?:me )?ligar(?=$| (?:hoje|amanha|segunda|terca|quarta|quinta|sexta|sabado|depois"
    r"|mais tarde|agora|as|de manha|a tarde|pra mim|para mim)\b)|(?:pode|podem|poderia"
    r"|poderiam) me chamar (?:no|por|pelo) telefone|(?:mejor|melhor|prefiero|prefiro) (?:por |una "
    r"|uma )?(?:llamada|ligacao|chamada|telefono|telefone)|^(?:llamen?|llamad|liga"
    r"|liguem?)(?= (?:no mas|cuando|manana|hoy|a las|amanha|hoje|depois|as|mais tarde)\b)|(?:quiero"
    r"|quisiera|quero|prefiero|prefiro|podemos|rather|can we|could we|lets|prefer|mejor|melhor"
    r"|gostaria de|like|want|better)(?: \w+){0,2}? (?:hablar|hablamos|hablemos|falar|falamos"
    r"|conversar|talk|speak)(?: \w+){0,2}? (?:por|al|pelo|no|on the|by|over the) (?:telefono"
    r"|telefone|phone)|(?:call|phone|ring) (?:me|us)(?: back| up)?|(?:give (?:me|us)"
    r"|gimme) a (?:phone )?(?:call|ring|buzz|bell|tinkle)|(?:please|can you|could you|pls"
    r"|just) (?:call|phone)|(?:prefiero|prefiro|mejor|melhor|quiero|quero|prefer|i want|id like"
    r"|necesito|solicito) (?:una |uma |a |by |por |phone )?(?:llamada|ligacao|call|telefono"
    r"|telefone|phone|chamada)|(?:mejor|melhor) (?:hablamos |falar |hablar |conversamos "
    r"|falamos )?(?:por|pelo|al) (?:telefono|telefone)|dame una llamada|denme una llamada"
    r"|dame un toque)\b"
)
#: `Llamen porfa`, `liga no 71 98814-2207`: an order to call that names nobody, or a number.
_ORDER = re.compile(
    r"^(?:(?:puede[ns]?|pode[mr]?|podrian?|can|you|just|mejor|melhor|please|por favor|porfa|y|e|o"
    r"|ou|or|entao|entonces|pues|ok|hola|oi|hi|hello|buenas|sim|yes|me|then|so) )*(?:llam(?:e[ns]?"
    r"|ad?|ar)|marqu?(?:e[ns]?|a|ar)|lig(?:a|ar|uem?)|telefon(?:e[mn]?|a|ar)|call|ring|phone"
    r"|try me)(?:(?: (?:por favor|porf\w+|pl[ie]?s|please|pf|pfv|(?:mejor|melhor)(?! que)|ai"
    r"|nomas))+(?= (?:que|porque|because) |$)|(?: (?:no|n|ao?|al|pr[oa]|para|o|on|at|el|este|esse"
    r"|ese|numero|number|fijo|fixo|cel\w*|tel\w*|\+|mas))* (?=(?:\d ?){7})(?!.*\b(?:pregunt|pergunt"
    r"|ask|(?:fal|habl)\w+ co[mn]\b|nadie|ninguem|nobody|nao|no (?:\w+ )?(?:func|exis|cont"
    r"|at[ie]+nd|sirv)))[\d ]+)"
)
#: `Llamé al 55 …` tells of a call; without its accent it is an order.
_CALLED = re.compile(r"\b(?:llam|marqu)é\b", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:no|nao|dont|never|not|nunca|jamas|sin|sem|nem|ni|didnt|quien|quem|who|por que|porque|why"
    r"|que horas?|what time|they|he|she|you|ellos|eles|siempre|sempre|always|todo el dia|cuando"
    r"|quando|si|se|if|i|yo|eu|ya|ja|somebody|someone)(?: \w+){0,2} ?$|\b(?:no|nao"
    r"|dont) (?:hace falta|precis[ao]|necesito|need|es necesario|e necessario|quiero|quero"
    r"|want)\b.*$"
)
_ALLOWED_BEFORE = re.compile(
    r"^(?:(?:y|si|sim|yes|ok|can|could|you|would|if|eu|i|yo|quiero|quero|que|want|prefer|prefiero"
    r"|prefiro|will|do|please|like|se|puder|puede[ns]?|possible|ya|ja|por favor|id|need|to|gostaria"
    r"|gustan?|quieren?|quiser(?:em)?|quiere|try|mind|prefiero|podem|someone|somebody|have) ?)+$"
)
_NAME_NEXT = re.compile(
    r"^(?:taxi|uber|crazy|a (?!las?\b|partir|noite|noche|tarde|manha|medio|primer|qual|eso|este"
    r"|mi\b|qualquer|cualquier|meu)|an |ana\b|un taxi|loc[oa]|maybe|when you want to|mucho|muito"
    r"|todo|toda|siempre|mal\b|del? \d|do \d|la atencion|atencao|cada|tanto|by\b)"
)


def asks_for_call(reply: Reply) -> bool:
    """A wish to be called: not a refusal, a report of calls, nor what somebody is called."""
    return any(_asks(clause, reply.raw) for clause in reply.clauses)


def _asks(clause: Sentence, raw: str) -> bool:
    order = None if _CALLED.search(raw) else _ORDER.match(clause.words)
    match = order or _CALL.search(clause.words)
    if match is None:
        return False
    before, after = clause.words[: match.start()], clause.words[match.end() :].strip()
    if _NOT.search(before) and _ALLOWED_BEFORE.match(before.strip()) is None:
        return False
    return _NAME_NEXT.match(after) is None and not _is_named(match.group(), after, raw)


def _is_named(core: str, after: str, raw: str) -> bool:
    """`Call me Ana`: a capital after the verb that is neither a day nor a month."""
    if not core.endswith("me") or not after:
        return False
    word = after.split()[0]
    return (
        word.isalpha()
        and word not in _DAYS
        and re.search(rf"(?i:{core[-4:]})\s+{word.capitalize()}\b", raw) is not None
    )


_DAYS_TEXT = """
monday tuesday wednesday thursday friday saturday sunday tomorrow today lunes martes miercoles
jueves viernes sabado domingo segunda terca quarta quinta sexta hoy hoje manana amanha mon tue
wed thu fri sat sun january march april may june at on after please el al na no as
"""
_DAYS = frozenset(_DAYS_TEXT.split())
