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
    r"|telefoneen)(?:me|nos)"
    r"|liga(?:r|rem)? (?:me|pra mim|para mim|pra gente|p mim|pro meu)|ligue(?:m)? (?:me"
    r"|pra mim|para mim|pra gente)|liguem? (?:por favor|$)"
    rf"|{_POLITE} (?:por favor )?(?:voces |ustedes |alguien |alguem )?(?:me "
    rf"|nos )?(?:llam(?:ar|en?|es|eis|arme|ara[sn]?)|lig(?:ar|ue|uem|ues)|marcar?|marquen?"
    rf"|telefonar|telefonem?)(?: me)?"
    r"|(?:me|nos) (?:liga|ligue|liguem|ligam|ligas|ligar|llamas|llaman|llama|llame|llamen"
    r"|llamas|marcan|marcas|marca|puede[ns]? llamar|puedes llamar|podes llamar"
    r"|podria[ns]? llamar|podrias llamar|podem ligar|pode ligar|poderia ligar"
    r"|da[ns]? una llamada|dan un telefonazo|hacen una llamada|(?:da|de"
    r"|dao) um(?:a)? (?:toque|ligada|telefonema|ligadinha)|da um toque|telefona|telefone)"
    r"|habl(?:a|e|en)me (?=(?:por|al) tel|manana|hoy|a las?\b|el (?:lun|mar|mie|jue|vie|sab))"
    r"|(?:me da[ns]?|dame|denme|deme|echa(?:me)?|eche(?:me)?|hazme|ha[cg][ae]n?me|echenme"
    r"|(?:pegu?|tir)[ae]n?me) un[a]? (?:toque|telefonazo|fonazo|timbrazo|llamad[ao]|llamadita"
    r"|tubazo)"
    rf"|{_POLITE} (?:me )?(?:llamar|marcar|telefonear|ligar)(?:me|nos)?(?<!ligar)(?<!marcar)"
    r"|(?<!meu )(?<!seu )(?<!o )(?<!mi )telefon(?:em?|eeme|eenme|eame) ?me|telefone[ae]n?me"
    r"|(?:quiero|quisiera|prefiero) que me telefone[ea]n?"
    r"|(?:try|mind|consider|start) calling me|(?:call|ring) my (?:cell|phone|number|mobile"
    r"|office|home)|^(?:me )?da(?:o|r)? uma (?:ligad(?:a|inha)|chamad(?:a|inha))"
    r"|^liga (?=ai\b)|da (?:pra|para) (?:me )?ligar(?=$| (?:hoje|amanha|segunda|terca|quarta|quinta"
    r"|sexta|sabado|depois|mais tarde|agora|as|de manha|a tarde|pra mim|para mim)\b)"
    r"|(?:pode|podem|poderia|poderiam) me chamar (?:no|por|pelo) telefone"
    r"|(?:mejor|melhor|prefiero|prefiro) (?:por |una |uma )?(?:llamada|ligacao|chamada|telefono"
    r"|telefone)"
    r"|^(?:llamen?|llamad|liga|liguem?)(?= (?:no mas|cuando|manana|hoy|a las|amanha|hoje|depois|as"
    r"|mais tarde)\b)"
    r"|(?:quiero|quisiera|quero|prefiero|prefiro|podemos|rather|can we|could we|lets|prefer|mejor"
    r"|melhor|gostaria de|like|want|better)(?: \w+){0,2}? (?:hablar|hablamos|hablemos|falar"
    r"|falamos|conversar|talk|speak)(?: \w+){0,2}? (?:por|al|pelo|no|on the|by|over the)"
    r" (?:telefono|telefone|phone)"
    r"|(?:call|phone|ring) (?:me|us)(?: back| up)?|(?:give (?:me|us)|gimme) a (?:phone )?(?:call"
    r"|ring|buzz|bell|tinkle)|(?:please|can you|could you|pls|just) (?:call|phone)"
    r"|(?:prefiero|prefiro|mejor|melhor|quiero|quero|prefer|i want|id like|necesito"
    r"|solicito) (?:una |uma |a |by |por |phone )?(?:llamada|ligacao|call|telefono|telefone"
    r"|phone|chamada)"
    r"|(?:mejor|melhor) (?:hablamos |falar |hablar |conversamos |falamos )?(?:por|pelo"
    r"|al) (?:telefono|telefone)|dame una llamada|denme una llamada|dame un toque)\b"
)
_NOT = re.compile(
    r"\b(?:no|nao|dont|never|not|nunca|jamas|sin|sem|nem|ni|didnt|quien|quem|who|por que"
    r"|porque|why|que horas?|what time|they|he|she|you|ellos|eles|"
    r"siempre|sempre|always|todo el dia|cuando|quando|si|se|if|i|yo|eu|ya|ja|somebody"
    r"|someone)(?: \w+){0,2} ?$"
    r"|\b(?:no|nao|dont) (?:hace falta|precis[ao]|necesito|need|es necesario|e necessario"
    r"|quiero|quero|want)\b.*$"
)
_ALLOWED_BEFORE = re.compile(
    r"^(?:(?:y|si|sim|yes|ok|can|could|you|would|if|eu|i|yo|quiero|quero|que|want|prefer"
    r"|prefiero|prefiro|will|do|please|like|se|puder|puede[ns]?|possible|ya|ja|por favor|id"
    r"|need|to|gostaria|gustan?|quieren?|quiser(?:em)?|quiere|try|mind|prefiero|podem|someone"
    r"|somebody|have) ?)+$"
)
_NAME_NEXT = re.compile(
    r"^(?:taxi|uber|crazy|a (?!las?\b|partir|noite|noche|tarde|manha|medio|primer|qual|eso|este"
    r"|mi\b|qualquer|cualquier|meu)|an |ana\b"
    r"|un taxi|loc[oa]|maybe|when you want to|mucho|muito|todo|toda|siempre|mal\b|la atencion"
    r"|atencao|cada|tanto|by\b)"
)


def asks_for_call(reply: Reply) -> bool:
    """A wish to be called: not a refusal, a report of calls, nor what somebody is called."""
    return any(_asks(clause, reply.raw) for clause in reply.clauses)


def _asks(clause: Sentence, raw: str) -> bool:
    match = _CALL.search(clause.words)
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
