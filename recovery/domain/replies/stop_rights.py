"""Refusals in the words of the law: a right used, a consent denied, a threat if we go on."""

import re

from recovery.domain.replies.stop_verbs import (
    ENGLISH_WRITE,
    ENGLISH_WRITING,
    SENDING,
    WRITING,
)
from recovery.domain.replies.words import any_of

_OURS = any_of(
    r"""
    datos dados data informacion informacoes information info numero number telefono telefone
    phone contacto contato mensajes? mensagens? mensagem messages? texts? whatsapps? publicidad
    publicidade marketing comunicaciones comunicacoes
    """
)
_RIGHT = (
    r"(?:derechos?|direitos?|rights?) (?:\w+ ){0,2}?(?:de|a|ao|al|to|do|of|da) (?:la |el |o |be )?"
    r"(?:supresion|cancelacion|oposicion|olvido|eliminacion|exclusao|eliminacao|esquecimento"
    r"|oposicao|revogacao|revocacion|erasure|deletion|forgotten|object|opt out|erase)"
    rf"(?! (?:de|del|do|da|dos|das|of) (?!(?:\w+ ){{0,2}}?{_OURS}))|(?:mis |los )?derechos arco"
    rf"|(?:me opongo|me oponho|oponho me|opor me|oponerme|oposicion|oposicao|objection"
    rf"|i (?:\w+ )?object) (?:al?|ao|to) (?:\w+ ){{0,4}}?{_OURS}"
)
_CONTACTING = (
    r"(?:(?:me|nos) (?:cham|lig|llam)\w+|call(?:ing)? me|(?:escrib|escrev|molest|contact|contat"
    r"|incomod|perturb|insist|bother|spam|harass)\w*|(?:mand|envi)\w*(?: \w+){0,2}? (?:mensaje"
    r"|mensagem|mensajes|mensagens|msgs?|whatsapps?)|(?:mand|envi|escrib|escrev)\w* (?:otr[oa]"
    r"|outr[oa]|mais uma?)(?=$| ,)|(?:mand|envi)\w* (?:de novo|otra vez|novamente|de nuevo)(?=$| ,"
    r"| eu| les| los)|(?:recib|receb|receiv|get|lleg|cheg)\w*(?: \w+){0,2}? (?:mensajes?|mensagem"
    r"|mensagens|messages?|texts?|msgs?)|(?:text|messag|writ|contact|email)ing|(?:text|message"
    r"|write)(?: to)?(?: me| us)?)"
)
_NEVER = r"(?:no|nao|nunca|jamas|never|dont|do not|didnt|did not)"
_DENIED = (
    rf"{_NEVER} (?:les |os |le |te |i |ever |he |have )*"
    r"(?:autoric\w+|auth?ori[sz]\w+(?: you| u)?|consiento|consenti\w*|consinto|consent(?:ed)?"
    r"|permito|permiti\w*|agreed?|(?:doy|di|dou|dei|give|gave) (?:\w+ ){0,2}?(?:consent\w*"
    r"|permis\w+|permission|autoriza\w+))"
    rf" (?:(?:\w+ ){{0,5}}?{_OURS}|(?:(?:para|pra|to|a) (?:que )?|que )(?:\w+ )?{_CONTACTING})"
    r"|(?<!i )(?:no|nao|nunca mas|never|dont|do not) (?:(?:quiero|quero|deseo|desejo|permito"
    r"|autorizo) que |want you to |(?:tienen|have) \w+ (?:para|de|to) |\w+ a )?(?:us(?:e|en|em|ar"
    r"|ando)|use|utilizar|utilicen) (?:mis|mi|meus?|my)(?: phone| mobile| cell)? (?:datos|dados"
    r"|numero|data|number)|(?:did not|didnt|never) consent(?:ed)? to (?:this|these|that|it)\b"
    r"|(?:dont|do not|never|no longer) have my (?:permission|consent)|(?:no tienen|nao tem"
    r"|voces nao tem) mi?(?:eu|nha)? (?:permiso|permissao|autorizaci?[oa]n?|consentim\w+)|(?:no"
    r"|nao) (?:tienen?|tem|teem|tenes|tienes) (?:\w+ )?(?:permis[oa]o?|permissao|autorizacion"
    rf"|autorizacao|consentim\w+) (?:para|pra|de) (?:me |nos )?{_CONTACTING}(?=me\b|nos\b|$| )"
    rf"|(?:dont|do not) have (?:permission|consent) to {_CONTACTING}"
    r"|(?:consent|permission|consentimi?ento|autorizaci?[oa]n?|permiso|permissao) (?:is |has been "
    r"|hereby |queda |fica |esta )*(?:withdrawn|revoked|retirad[oa]|revogad[oa]|revocad[oa])"
    r"|(?:revoco|revogo|retiro|withdraw|revoke|revoking|withdrawing) (?:\w+ ){0,2}?(?:consent\w*"
    r"|autorizacion|autorizacao|permiso|permissao)"
)
_THREAT = any_of(
    r"""
    denunci\w+ demand(?:o|ar\w*|em\w*) process(?:o|ar\w*|em\w*|ing)
    report(?:o|ar\w*|e|ing)? sue
    ico fcc sernac condusef trai anatel consumidor ombudsman authorit(?:y|ies) autoridades?
    suing lawyers? attorney abogad\w+ advogad\w+ polic\w+ procon profeco indecopi aepd anpd ftc
    cnpd bloque\w+ block(?:ing)? legal(?:es|is)? justic[ai] judicial(?:es)? tribunal(?:es)? court
    """
)
_IF = r"\b(?:si|se|if|proxima vez|next time|one more)\b"
_IF_AGAIN = re.compile(
    rf"{_IF}(?! (?:\w+ )?(?:no|nao|dont)\b)(?: \w+){{0,6}}? {_CONTACTING}\b"
    rf"|{_IF} (?:\w+ )?(?:continu|sig[au]|insist)\w* (?:con|com|with) (?:\w+ )?{_OURS}"
    rf"|{_IF} (?:\w+ )?(?:continu\w+|siguen?|insist\w+)(?= asi| assim| con esto| com isso| ,|$| vou"
    rf"| voy| los| les| eu| i)|{_IF}(?: \w+)? (?:no|nao|dont|do not) (?:\w+ )?(?:dejan?|paran?"
    rf"|pararem|param|stop|cesan)(?=$| ,| los | las | te | vou | voy | eu | i )"
    rf"|{_IF}(?: \w+)? (?:no|nao|dont|do not) (?:\w+ )?(?:dejan?|paran?|pararem|param|stop"
    rf"|cesan)(?: de| me| a)* (?:\w+ )?(?:{_CONTACTING}|texting|messaging|writing)"
)
_ONE_MORE = re.compile(
    r"\b(?:(?:(?:el|la|a|al|the) )?(?:proxim[oa]|siguiente|next)"
    r"(?= \w+(?: ,)? (?:y|e|and|eu|i|los|les|vou|voy|pongo|faco|hago|goes|segue)\b)"
    r"|mais uma?|otr[oa]|una?|one more|another|outra) (?:mensaje|mensagem|message|text|msg)\b"
)
#: `À próxima …`, said of contact.
_NEXT_TIME = re.compile(
    r"^(?:y |e |and |a |da |na |la |en |the )*(?:proxima|terceira|tercera|next|third)(?: vez| time"
    r"| one)?(?: ,)? (?:segue|sigue|goes|go|pongo|presento|hago|faco|apresento|vou|voy|los|eu|i"
    r"|ill|im)\b"
)
_OF_CONTACT = re.compile(r"\b(?:contac?t|escrib|escrev|mensaj|mensag|messag|text|molest|spam)\w*")
#: `Contact me again and …`
_AGAIN_AND = re.compile(
    rf"^(?:please )?(?:\w+ or )?{_CONTACTING} (?:me )?(?:again|otra vez|de nuevo|de novo"
    rf"|una vez mas)(?: ,)? (?:and|y|e)\b"
    r"|^(?:mand|envi|escrib|escrev|send)\w* (?:me )?(?:otr[oa]|outr[oa]|mais uma?|un[oa] mas"
    r"|one more|another) (?:\w+ )?(?:and|y|e)\b"
)
_SOMEBODY_SAYS = re.compile(r"\b(?:dice|dijo|diz|disse|says|said) (?:que|that|he|she)\b")
#: To make a complaint; one already made may be taken back.
_COMPLAIN = (
    r"(?:pon|present|hac|hag|meter|levant|abr|registr|fazer|faco|faz|segue|sigue|file|filing|make"
    r"|raise|lodge)\w* (?:\w+ ){0,2}(?:complaint|queja|queixa|reclam\w+|recurso)"
)
_AGENCY = r"prot(?:eccion|ecao) de da(?:tos|dos)|data protection"
_WILL = re.compile(rf"\b(?:{_THREAT}|{_COMPLAIN}|{_AGENCY})\b")

RIGHT = re.compile(rf"\b(?:{_RIGHT})\b")
DENIED = re.compile(rf"\b(?:{_DENIED})\b")
_MAY_NOT = (
    r"(?:(?:no|nao) (?:pueden|podem|(?:tienen|tem) (?:el |o )?(?:derecho|direito) (?:a|de)"
    r"|estan autorizad[oa]s (?:a|para)|estao autorizad[oa]s a)|you (?:cant|cannot|must not"
    r"|(?:are not|arent) allowed to|have no right to))"
)
#: `You may not contact me`; later, or about something, is another matter.
BARRED = re.compile(
    rf"\b{_MAY_NOT} (?:(?:me|nos|seguir|continuar|continuar a|volver a|voltar a|keep|keep on) )*"
    rf"(?:{WRITING}|{SENDING}(?:me)? (?:mas |mais )?(?:mensajes?|mensagens|mensagem)"
    rf"|{ENGLISH_WRITE}|{ENGLISH_WRITING})(?:me|nos| me| us)?(?: mas| mais| anymore| again| more)?"
    r"(?=$| ,| please| por favor)"
)
#: `Take me off or I report you`: the second half does not change the first.
OR_ELSE = re.compile(rf" (?:o|ou|or) (?:\w+ ){{0,3}}?{_THREAT}\b.*")


def threatens(words: str, *, about: str) -> bool:
    """Consequences if we write again; for anything else left undone they are a complaint."""
    if _WILL.search(words) is None or _SOMEBODY_SAYS.search(words):
        return False
    if _IF_AGAIN.search(words) or _ONE_MORE.match(words) or _AGAIN_AND.match(words):
        return True
    return _NEXT_TIME.match(words) is not None and _OF_CONTACT.search(about) is not None
