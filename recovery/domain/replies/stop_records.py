"""Stops said of what we keep and what we send: `expunge my details`, `cancel the receipt of …`."""

import re

from recovery.domain.replies.stop_nouns import DATA, FILL, MAIL, MSG, MY
from recovery.domain.replies.stop_verbs import OUT, OUT_MOOD
from recovery.domain.replies.words import any_of

_WIPE = any_of(
    "remove delete erase wipe scrub purge forget destroy expunge eradicate bin obliterate"
)
_AND = any_of("y e and n")
_ADDRESS = r"(?: (?:address|electronic[oa]|eletronic[oa]))?"
_DATA = rf"(?:{DATA}|celu|fono|tel)"
_LEAVE_OUT = rf"(?:{OUT}{OUT_MOOD}|{_WIPE}|dispose of|get rid of|rid yourselves of)"
_RECORD = any_of(
    "expediente ficha historial historico legajo perfil prontuario file record chart profile"
    " account cuenta conta dossier matricula"
)
#: `Delete my mail and my phone`, `my file and all my data`: all we have.
_BOTH = (
    rf"(?:{_LEAVE_OUT}|d[ea]n? de baja) (?:both )?{MY}+(?:{MAIL}{_ADDRESS}|{_RECORD}(?: \w+)?)"
    rf" {_AND} {MY}*(?:{_DATA}|{_RECORD})(?! (?:nuev|nov|new))"
)
#: What may be cleaned for other reasons, unless it is said of what.
_CLEAN = rf"(?:clear|strip|clean|limpi\w+) {MY}+{_DATA}(?= (?:off|out|from|del?|d[aeo]s?) )"

_CANCEL = r"(?:cancel|interromp|suspend|anul|deten|desactiv|desativ)\w*"
_CANCELLING = any_of(
    "cancelamento cancelacion cancellation interrupcao interrupcion suspension suspensao cese"
    " cessacao cessation"
)
_ASKED = any_of(
    r"""
    peco pido solicito solicitamos quero quiero exijo desejo deseo request want demand requesting
    solicitar pedir requerer requeiro gostaria gostava queria quisiera gustaria agradeceria
    """
)
_RECEIPT = any_of("recebimento recepcion receipt receiving envio sending delivery")
_THE = r"(?:(?:el|la|o|a|the|my|mi|meu) )?"
_OF = r"(?:de|of|d[oae]s?|del|dess[ae]s?|dest[ae]s?)"
_ALL = rf"(?:(?:{FILL}|qualquer|cualquier|tod[oa]s?|any|further|future|{_OF}) )*"
_CANCELLED = (
    rf"{_CANCEL} {_THE}{_RECEIPT} {_ALL}{MSG}|{_CANCEL} {_RECEIPT} {_ALL}{MSG}"
    rf"|{_ASKED} (?:que )?{_THE}{_CANCELLING} {_OF} {_THE}(?:{_RECEIPT} )?{_ALL}{MSG}"
)
#: To everything of ours, not to what they pay for.
_UNSUBSCRIBED = (
    rf"{_CANCEL} {_THE}(?:suscripcion|subscripcion|subscription|inscricao|assinatura)"
    r" (?:al?|to|em|de|from|d[eo]) (?:todo|tudo|everything|all)(?: (?:of )?(?:it|this|esto|eso"
    r"|isso))?(?=$| ,| please| por favor)"
)
_GONE = (
    r"(?:(?:eliminad|borrad|suprimid|excluid|removid|apagad|retirad|deletad|tirad|quitad"
    r"|sacad)[oa]s?|dad[oa]s? de baja|deleted|erased|removed|wiped)"
)
_BE = any_of("ser sea[ns]? sejam? fosse[m]? fuera[ns]? fuese[ns]? venham? estejam? esten? a")
#: `I want my data erased`, `I should like my number to be taken off`.
_WANTED_GONE = (
    rf"{_ASKED} (?:(?:ver|ter|que) )?{MY}+{_DATA}"
    rf" (?:(?:pessoais|personales|todos|all|data|{_BE}) )*{_GONE}"
)
_WHOLLY = r"(?:(?:(?:complet|inmediat|imediat|definitiv)[oa]|total|permanente|urgente) )*"
#: `I ask for the complete removal of my name`.
_REMOVAL = (
    rf"{_ASKED} {_THE}(?:descadastr(?:o|amento)|eliminac\w+|exclusao|remocao|retirad[oa]"
    r"|cancelac\w+|cancelamento|supres\w+|borrado|baixa|baja|removal|deletion|erasure)"
    rf" {_WHOLLY}{_OF} {MY}*{_DATA}(?! n[oa] (?!sist|base|list|banc|voss))"
)
_WHOSE = (
    r"(?:(?:his|her|their|(?:my|our) \w+s) (?:phone |cell |mobile )?(?:number|name|details|data"
    r"|phone)|(?:el|los) (?:numero|nombre|datos|telefono|celular) de (?:mi|el|ella"
    r"|nuestr[oa])(?: \w+)?|(?:o|os) (?:numero|nome|dados|telefone|contato"
    r"|contacto) (?:d[ao] (?:minha|meu) \w+|del[ea]))"
)
_OUR_LIST = (
    r"(?:(?:your|this|ur|sus?|tus?|seus?|suas?|voss[ao]s?|est[ae]|ess[ae]|la|el|[oa]) )?(?:\w+ )?"
    r"(?:lists?|systems?|database|records|listas?|sistemas?|base|registros?|cadastros?)"
    r"(?: (?:de datos|de dados|de contactos|de contatos))?"
)
#: For somebody who is theirs to speak for; nothing follows but when.
_THEIRS = (
    rf"(?:take|get|keep|remove|delete|erase|{OUT}{OUT_MOOD}) {_WHOSE}"
    rf" (?:off|out of|from|de|d[oa]s?|des[st][ea]) (?:of )?(?:{_OUR_LIST}|[dn]?ess[ae] lista)"
    r"(?=(?: (?:today|now|please|immediately|right|hoy|hoje|ya|ja|ahora|agora|por favor|mismo|mesmo"
    r"|inmediatamente|imediatamente))*(?:$| ,))"
)
RECORDS = re.compile(
    rf"\b(?:(?P<theirs>{_THEIRS})|(?P<data>{_WANTED_GONE}|{_REMOVAL}|{_BOTH}|{_CLEAN}|(?:{_WIPE}"
    rf"|dispose of|get rid of) {MY}+{_DATA})|(?P<sub>(?:{_CANCELLED}|{_UNSUBSCRIBED})(?: (?:from|by"
    rf"|de|da|do) (?:you|u|yourselves|yourself|voces|vcs|ustedes|uds|usted))?))(?!\w)"
)
