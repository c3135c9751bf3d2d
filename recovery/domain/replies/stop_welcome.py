"""What stays welcome beside a refusal: another channel, number, time, person or kind of message.

Whoever says in the same breath where, when, what or to whom we may still write has not stopped us:
a person reads it.
"""

import re

from recovery.domain.replies.moment import MONTHS, WEEKDAYS
from recovery.domain.replies.stop_nouns import MAIL
from recovery.domain.replies.stop_verbs import OUT, OUT_MOOD
from recovery.domain.replies.text import Reply
from recovery.domain.replies.words import any_of

#: What a clause that welcomes something never holds; `no` may be Portuguese for "in the".
_IN_THE = any_of("zap whats\\w* e?mail meu celular privado chat grupo numero mes dia telefone sms")
_REFUSING = re.compile(
    r"\b(?:(?<!continuo )(?<!continuar )(?<!estou )(?<!ficar )(?<!manda )(?<!mandem )(?<!falar )"
    rf"n[ao]o?(?! (?:{_IN_THE}\b|\d))|not|(?:do|did|does|would)nt|never|nunca|tampoco|jamas|jamais"
    rf"|ni|nem"
    r"|sin|sem|stop|quit|basta|chega|dej\w+|deix(?!a (?:o|no|por)\b)\w+|par(?:en|em|ar|e)|spam"
    r"|acoso|assedio|leave|unsubscribe|delete|remove|erase|block|report|baja"
    rf"|{OUT}{OUT_MOOD}(?:me|nos|lo|los)?)\b"
)
#: Before an order, in a clause of its own.
_LEAD = (
    r"(?:^|\b(?:y|e|and|pero|mas|but|instead|sino|porem|then) )(?:(?:solo|so|just|only|apenas"
    r"|nomas|please|por favor|mejor|melhor|si|sim|yes|do|pueden|podem|pode|you can|can you|sigan"
    r"|continuem?|rather|instead|pf|pfv|porfa|en cambio|al contrario) )*"
)
#: They are no welcome: `send me one more and …`, `write to somebody else`, `send me the proof`.
_NONE = (
    r"(?! (?:again|one more|another|otr[oa]s?|outr[oa]s?|a otr|pra outr|un[oa]? mas|mais|mas|nada"
    r"|nothing|no more|serio|tua|sua|tu madre|someone|somebody)\b)(?!(?: \w+){0,6} (?:confirm\w*"
    r"|constancia|comprobante|proof|prueba|hecho|listo$|feito|done|gone|removed|deleted|\w*borr\w+"
    r"|elimin\w+|exclu\w+|removid\w+|apag\w+|bloque\w+|report\w*|denunc\w+|process\w+|demand\w+)\b)"
)
_STEMS = any_of(
    "mand envi avis habl llam marqu? notifi(?:qu)? notific escrib mensaje contact inform pas"
)
_GOING_ON = r"(?:mand|envi|escr|avis|inform|receb|recib)(?:a|e|ie)ndo(?:me|nos)?"
_OURS_OR_MINE = any_of("my mi the el o meu this est[ea] ess[ea] new a la \\d+")
_ORDER = re.compile(
    rf"{_LEAD}(?:{_STEMS}(?:e[ns]?|a[ns]?|i|ad|id|o)(?:me|nos)\b{_NONE}"
    rf"|(?:send|text|message|msg|email|write|contact|call|ring|dm)(?: to)? (?:me|us|here)\b{_NONE}"
    r"|let me know\b(?! (?:who|how|where|when (?:its|thats|im)|once))"
    r"|(?:try|ask)(?: me)?(?: again)? (?:in|next|after|later)\b"
    r"|keep (?:sending|texting|messaging|writing|emailing|me posted|me updated|the rest|on with)\b"
    rf"|(?:me )?(?:(?:mand|envi|avis|fal)(?:a|em?)|escrev(?:e|am?)|lig(?:a|uem?))\b{_NONE}"
    r" (?:me|por|pelo|pela|no|na|pra|para|ao|so|aqui|o|a|os|as|meus?|minhas?|mensagem|msg|com"
    r"|quando)\b|me (?:avis|lig)[aue]+m?(?: |$)|(?:contact|message|text|write|email)(?: to)? (?:my"
    r"|her|him|the)\b|(?:escrib(?:a[ns]?|i)|(?:mand|contact|habl)e[ns]?)(?:le)? (?:al?|con|por"
    r"|en) (?:\d+|el|la|mi|este|esta|aqui|aca)\b"
    rf"|(?:sigan?|sigam|continu(?:em?|en)|seguir|continuar) (?:me )?{_GOING_ON}\b"
    r"|(?:use|save|add|put|keep|anot[ae]n?m?|pong\w+|pon|use[nm]?|guard\w+|agreg\w+|coloqu?\w+|poe"
    rf"|adicion\w+|atualiz\w+|registr\w+|troqu\w+|cambi\w+) {_OURS_OR_MINE}\b)"
)
_PLACE = rf"(?:aqui|aca|ca|heres?|{MAIL}|whats\w*|zap|wsp|wpp|chat|sms|texts?|texting|privado|dm)"
_TIME = any_of(
    " ".join([*MONTHS, *WEEKDAYS])
    + " dias? mananas? manhas? tardes? semana week month mes ano year weekdays later despues depois"
    + " tomorrow amanha"
)
_REST = r"(?:rest|resto|demas|everything else)"
_THING = any_of(
    r"""
    pedidos? orden ordem orders? compra purchase facturas? faturas? boletos? notas? invoices? bills?
    citas? consultas? turnos? appointments? recordatorios? lembretes? reminders? updates? tracking
    importante necesari[oa] necessari[oa] important encomenda paquete package parcel seguro
    insurance tramite reparacion repair resultados? results?
    """
)
_YES = any_of(
    r"""
    sim yes ok okay fine good best better great grand perfect\w* ideal genial melhor mejor
    otim[oa] easier works? pode podem puede[ns]? podes bien bem bom igual dale util useful happy
    serve[nm]?
    sirven? funcionan? certo
    """
)
_SI = r"si(?=$| me (?:int|gus|sir|con)| l[oae]s? | puede| quiero| por favor| gracias)"
_I_READ = any_of("vejo leio veo leo contesto respondo reply answer read see check olho miro")
_LATER = any_of(" ".join(WEEKDAYS) + " manana amanha tomorrow later luego despues depois")
_TALK = any_of("hablamos conversamos falamos talk speak conversa falo")
_ENOUGH = any_of("basta bastam enough alcanzan? suficientes? chega chegam")
_MAY = tuple(
    re.compile(pattern)
    for pattern in (
        # `WhatsApp is fine`, `por aquí sí`, `em janeiro pode`, `here I read them`
        rf"\b(?:{_PLACE}|{_TIME}|{_REST})\b(?: (?!y |e |and )\w+){{0,3}}? (?:{_YES}|{_I_READ}"
        rf"|{_SI})\b"
        r"(?! (?:if|si|se|to|worse|too|also|mal|peor|tambien|tambem)\b)",
        rf"\b{_I_READ}(?: \w+){{0,3}} {_PLACE}\b|\b{_LATER}\b(?: \w+){{0,2}} (?:{_TALK}"
        rf"|me (?:escriben|chamam|llaman))\b|\b{_TALK}(?: \w+){{0,2}} {_LATER}\b",
        r"\b(?:mine|personal|pessoal|o meu|el mio|numero|number|cell|celular"
        r"|whatsapp)(?: \w+){0,2}?"
        r"(?: is| es| e|:) \d|\b(?:mejor|melhor|better|instead)(?: \w+){0,2} \d{4}",
        r"\b(?:mejor|melhor) (?:pas|veng|venh)\w+|\bhappy to (?:chat|talk|hear)",
        r"\b(?:sigo|continuo) (?:siendo|sendo|no|en|na|con|com|cliente|interes)",
        r"\b(?:bienvenid|bem vind)\w+|\bstill (?:an?|coming|want|interested|using|here)\b",
        r"\baviso(?=$| cuando| quando| en cuanto| despues| depois)",
        r"\bi(?:ll| will) (?:let you know|message you|text you|write|get back)",
        rf"^(?:(?:por|by|via|al|no|en|pelo|on) )?(?:(?:el|my|mi|meu) )?{_PLACE}"
        r"(?: (?:please|pls|por favor|only|solo|so|nomas|mejor|melhor|instead))+$",
        r"\b(?:es|e|its|thats) (?:con|com|with) (?!ustedes|voces|vcs|you)\w",
        r"\b(?:pode|podem|pueden?|puedes|may|can|prefiero|prefiro|prefer|better|mejor|melhor|solo"
        rf"|(?<!said )so|only|just|apenas)(?: \w+){{0,3}}? {_PLACE}(?= |$)(?! (?:basura|lixo"
        rf"|messages?))",
        # `Las facturas sí`, `sí a los avisos`
        r"\w (?<!\beso )(?<!\bahora )(?<!\bque )(?<!\bclaro )(?<!\bok )(?<!\beu )(?<!\byo )(?:si"
        r"|sim|yes)(?=$| me (?:int|gus|sir|con)| please| por favor| quiero| quero)",
        r"^(?:(?:pero|but|mas) )?(?:si|sim|yes) (?:a|to|ao|l[ao]s|el|the|os?) ",
        r"^(?:pero|but|mas) (?:si|sim|yes) \w",
        # `Only what is about my order`
        r"\b(?:just|only|solo|so|apenas|somente|unicamente|solamente|nomas)(?: (?:the|my|mis?|meus?"
        r"|minhas?|lo|del?|d[oa]s?|l[oa]s?|os?|as?|el|un[oa]?|to|know|quiero|quero|want|need|saber"
        r"|about|on|for|tell|me|where|send|recibir|receber|avis\w+|mand\w+|cuando|llegue|sobre"
        rf"|interesan?))* {_THING}\b",
    )
)
#: `WhatsApp alone is enough`
_ONE_IS_ENOUGH = re.compile(rf"\b(?:{_PLACE}|{_THING})(?: (?!no|ya)\w+){{0,3}} {_ENOUGH}\b")
#: Something of ours; peace and sleep are none.
_WANTS = re.compile(
    r"\b(?:prefiero|prefiro|prefer|interesa|interested)\b|\b(?:quiero|quero|want|need|necesito"
    r"|preciso)(?: \w+)? (?:the|el|l[ao]s?|os?|as?|it|mis|recibir|receber|receive|seguir|continuar"
    r"|keep|stay|saber|know|comprar|buy|alquilar|alugar|rent|vender|sell|inscrib\w+|cambi\w+|mud\w+"
    r"|chang\w+|whats\w*|zap)\b"
    rf"|{_THING} (?:\w+ )?(?:(?:lo|la)s? )?(?:necesito|preciso|quiero|quero|i need|i want)\b"
)
#: What they want is to be rid of us, or to see it done.
_TO_LEAVE = re.compile(
    r"\b(?:sal|sair|cancel|opt|off|out|nothing|anything|alone|paz|peace|gone|rights?|derecho"
    r"|direito|\w*elimin|\w*borr|apag|remo[vc]|retir|exclu|supres|delet|tirad|quitad|sacad|descad"
    r"|desin|desus|desap|interromp|olvid|esque|eras|withdraw|to be|ser\b|confirm|constancia|proof"
    r"|prueba)"
)
_PARTS = re.compile(r" (?=(?:pero|but|sino|y|e|and|mas) )")
#: Where `mas` is "but"; elsewhere it is Spanish for "more" or "again".
_PORTUGUESE = re.compile(
    r"\b(?:nao|n?ess[ae]s?|voces|vcs|meus?|minhas?|parem|tir(?:a|em)|eu|pode)\b"
)
_NO_PROBLEM = re.compile(r"\b(?:no|nao|sin|sem)(?: (?:hay|tem|ha|tengo|tenho))? problem(?:as?)?\b")


def welcomes_another(reply: Reply) -> bool:
    """Some clause of the message asks us to write, or says when, where or what we may."""
    clauses = [_NO_PROBLEM.sub("ok", clause.words) for clause in reply.clauses]
    return any(_welcomes(part) for clause in clauses for part in (clause, *_parts(clause)))


def _parts(clause: str) -> list[str]:
    if not _PORTUGUESE.search(clause):
        clause = clause.replace(" mas ", " more ")
    return _PARTS.split(clause)


def _welcomes(words: str) -> bool:
    order = _ORDER.search(words)
    if order is not None and not _REFUSING.search(words[order.start() :]):
        return True
    if _ONE_IS_ENOUGH.search(words):
        return True
    if _REFUSING.search(words):
        return False
    if _WANTS.search(words) and not _TO_LEAVE.search(words):
        return True
    return any(pattern.search(words) for pattern in _MAY)
