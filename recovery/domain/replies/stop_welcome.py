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

#: What a clause that welcomes something never holds.
_REFUSING = re.compile(
    r"\b(?:(?<!continuo )n[ao]o?(?! (?:zap|whats\w*|e?mail|meu|celular|privado|chat|grupo|numero"
    r"|mes|dia|telefone|sms|correio))|not|(?:do|did|does|would)nt|never|nunca|jamas|jamais|ni|nem"
    r"|s[ie][nm](?! problem)|stop"
    r"|quit|basta|chega|dej\w+|deix(?!a (?:o|no|por)\b)\w+|par(?:en|em|ar|e)|spam|acoso|assedio"
    rf"|leave|unsubscribe|delete|remove|erase|block|report|baja|{OUT}{OUT_MOOD}(?:me|nos|lo"
    rf"|los)?)\b"
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
    r"|nothing|no more|serio|tua|sua|tu madre|someone|somebody)\b)"
    r"(?!(?: \w+){0,6} (?:confirm\w*|constancia|comprobante|proof|prueba|hecho|listo|feito|done"
    r"|gone|removed|deleted|\w*borr\w+|elimin\w+|exclu\w+|removid\w+|bloque\w+|report\w*|denunc\w+"
    r"|process\w+|demand\w+)\b)"
)
_WITH_ME = (
    r"(?:(?:mand|envi|avis|habl|llam|marqu?|notifi(?:qu)?|notific|escrib|mensaje|contact|inform"
    r"|pas|siga?n?"
    r" (?:mand|envi|escrib|avis|inform)(?:and|iend))(?:e[ns]?|a[ns]?|i|ad|id|o)(?:me|nos))"
)
_ORDER = re.compile(
    rf"{_LEAD}(?:{_WITH_ME}\b{_NONE}"
    rf"|(?:send|text|message|msg|email|write|contact|call|ring|dm)(?: to)? (?:me|us|here)\b{_NONE}"
    r"|let me know\b(?! (?:who|how|where|when (?:its|thats|im)|once))"
    r"|(?:try|ask)(?: me)?(?: again)? (?:in|next|after|later)\b"
    r"|keep (?:sending|texting|messaging|writing|emailing|me posted|me updated|the rest|on with)\b"
    rf"|(?:me )?(?:(?:mand|envi|avis|fal)(?:a|em?)|escrev(?:e|am?)|lig(?:a|uem?))\b{_NONE}"
    r" (?:me|por|pelo|pela|no|na|pra|para|ao|so|aqui|o|a|os|as|meus?|minhas?|mensagem|msg|com)\b"
    r"|(?:contact|message|text|write|email)(?: to)? (?:my|her|him|the)\b"
    r"|(?:escrib(?:a[ns]?|i)|(?:mand|contact|habl)e[ns]?)(?:le)? (?:al?|con|por|en) (?:\d+|el|la"
    r"|mi|este|esta|aqui|aca)\b"
    r"|(?:sigan?|sigam|continu(?:em?|en)|seguir|continuar) (?:me )?(?:mand|envi|escr|avis"
    r"|inform)(?:a|e|ie)ndo(?:me|nos)?\b"
    r"|(?:use|save|add|put|keep|anot[ae]n?m?|pong\w+|pon|usen?m?|guard\w+|agreg\w+|coloqu?\w+|poe"
    r"|adicion\w+|atualiz\w+|registr\w+|troqu\w+|cambi\w+) (?:my|mi|the|el|o|meu|this|est[ea]"
    r"|ess[ea]|outro|otro|new|a|la|\d+)\b)"
)
_PLACE = rf"(?:aqui|aca|ca|heres?|{MAIL}|whats\w*|zap|wsp|wpp|chat|sms|texts?|texting|privado|dm)"
_TIME = any_of(
    " ".join([*MONTHS, *WEEKDAYS])
    + " dias? mananas? manhas? tardes? semana week month mes ano year weekdays later despues depois"
)
_YES = (
    r"(?:si|sim|yes|ok|okay|fine|good|better|great|grand|easier|enough|works?|pode|podem"
    r"|puede[ns]?|podes"
    r"|s[ie][nm] problemas?|no problem|todo bien|tudo bem|tudo certo|tudo ok|esta bien|ta bom"
    r"|ta bem"
    r"|va bien|igual|dale|vejo|leio|veo|leo|sirve|funciona|contesto|respondo|happy"
    r"|me (?:gusta|interesa|sirve|serve|viene|va))"
)
#: `WhatsApp is fine`, `por aquí sí`, `em janeiro pode`.
_MAY = re.compile(
    rf"\b(?:{_PLACE}|{_TIME}|rest|resto)\b(?: (?!y |e |and )\w+){{0,3}}? {_YES}\b"
    rf"(?! (?:if|si|se|to|worse|too|also|mal|peor|tambien|tambem)\b)"
    r"|\b(?:mine|personal|pessoal|o meu|el mio|numero|number|cell|celular|whatsapp)(?: \w+){0,2}?"
    r"(?: is| es| e|:) \d"
    r"|\b(?:mejor|melhor) (?:pas|veng|venh)\w+|\bhappy to (?:chat|talk|hear)|\b(?:sigo"
    r"|continuo) (?:siendo|sendo|no|en|na|con|com|cliente|interes)"
    r"|\b(?:bienvenid|bem vind)\w+|\bstill (?:an?|coming|want|interested|using|here)\b"
    r"|\baviso(?=$| cuando| quando| en cuanto| despues| depois)"
    r"|\bi(?:ll| will) (?:let you know|message you|text you|write|get back)"
    rf"|\b(?:pode|podem|pueden?|puedes|may|can|prefiero|prefiro|prefer|better|mejor|melhor|solo|so"
    rf"|only|just|apenas)(?: \w+){{0,3}}? {_PLACE}(?= |$)(?! (?:basura|lixo|messages?))"
)
#: `Las facturas sí`.
_THESE = re.compile(
    r"^(?:(?:pero|mas|but) )?(?:l[ao]s?|el|os?|as?|mis?|meus?|the) (?:\w+ ){1,4}s[ií]m?$"
)
_THING = any_of(
    r"""
    pedidos? orden ordem orders? compra purchase facturas? faturas? boletos? notas? invoices? bills?
    citas? consultas? turnos? appointments? recordatorios? lembretes? reminders? updates? tracking
    encomenda paquete package parcel seguro insurance tramite reparacion repair resultados? results?
    """
)
_ONLY_THIS = re.compile(
    r"\b(?:just|only|solo|so|apenas|somente|unicamente|solamente|nomas)(?: (?:the|my|mis?|meus?"
    r"|minhas?|lo|del?|d[oa]s?|l[oa]s?|os?|as?|el|un[oa]?|to|know|quiero|quero|want|need|saber"
    r"|about"
    r"|on|for|tell|me|where|send|recibir|receber|avis\w+|mand\w+|cuando|llegue|for|sobre|interesan?"
    rf"))* {_THING}\b"
)

#: Portuguese `mas`, where Spanish would not go on so.
_BUT = re.compile(r" (?=(?:pero|but|sino|mas (?=(?:pelo|no|aqui no|zap|whats\w*|pode)\b)) ?)")


def welcomes_another(reply: Reply) -> bool:
    """Some clause of the message asks us to write, or says when, where or what we may."""
    parts = (part for clause in reply.clauses for part in _BUT.split(clause.words))
    return any(map(_welcomes, parts))


def _welcomes(words: str) -> bool:
    order = _ORDER.search(words)
    if order is not None and not _REFUSING.search(words[order.start() :]):
        return True
    if _REFUSING.search(words):
        return False
    return any(pattern.search(words) for pattern in (_MAY, _THESE, _ONLY_THIS))
