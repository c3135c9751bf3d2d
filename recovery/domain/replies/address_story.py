"""What was done with an address, or is not to be: a story, which hands nothing over."""

import re

NEGATED = r"(?:no|nao|n|nunca|jamas|never|not|dont|cant|cannot|didnt|hasnt|havent|isnt|wasnt)"
LOST = (
    r"(?:perd[ií]\w*|perdeu|olvid\w+|esquec\w+|forgot\w*|lost|rob(?:aron|o|aram)|hack\w+|cerr(?:e"
    r"|aron"
    r"|o)|fech(?:ei|aram|ou)|closed|muri(?:o|eron)|morreu|died|dead|dej[eo] de|deixei de|stopped"
    r"|abandon\w+|invad\w+|quit\b|renunci\w+|clon\w+|rebot\w+|bounc\w+|volvio|voltou|falleci\w+"
    r"|faleceu|passed|delet\w+|elimina\w+|borrad[oa]|borraron|apagad[oa]|apagaram|suspend\w+"
    r"|desactiv\w+|desativ\w+|disabled|blocked|bloque\w+|valio"
    r"|caduc\w+|expir\w+|venci\w+|(?:fue|era|foi)(?=$|[ ,.]))"
)
#: Orders and wishes turned round: `no usen`, `stop using`, `quiten`.
NOT_TO = re.compile(
    r"\b(?:no|nao|ni|nem|dont|not|never|nunca|stop|dejen|parem|paren|sin|sem|quit\w*|borr\w+|sac\w+"
    r"|tir\w+|elimin\w+|remov\w+|delete|apag\w+)\b(?: \w+){0,2}$"
    r"|\b(?:cant|cannot|couldnt|wont|unable)\b(?: \w+){0,4}$"
)
#: `Stop using …`, however far from it.
_STOP_USING = re.compile(
    r"\b(?:stop|quit|dejen|deje|paren|parem|deixem)(?: de)? (?:us|send|writ|mand|envi|escrib|escrev"
    r"|utiliz)\w*"
)
_THE_OTHER_OR_NEW = re.compile(
    r"\b(?:otr[oa]s?|outr[oa]s?|other|viej[oa]|antig[ou][oa]?|velh[oa]|old one|anterior|nuev[oa]"
    r"|nov[oa]|new)\b"
)
_PAST = r"\w{3,}(?:aron|ieron|aram|eram|iram)"
_TOWARDS = r"(?:a|al|para|pra|pro|ao|to|at|en|em|no|na|de|do|da|desde|from)"
_LETTER = (
    r"(?:mensajes?|correos?|e?mails?|mensagem|mensagens|messages?|documentos?|fotos?|comprobante"
    r"|comprovante|lo|la)"
)
_WRITES = r"(?:escrib|escrev|mand|envi|send|writ|forward|email|reclam|quej)\w*"
_US = r"(?:ustedes|voces|vcs|uds?|you|vosotros)"
#: Told, not asked for: `les escribo a`, `they told me to write to`, `eu sempre escrevo para`.
_TOLD = re.compile(
    rf"\b(?:(?:les|le|te|os|lhes?|vos|ustedes|voces|vcs|eu|yo|i|ive|we)"
    rf" (?:(?!pode|puede)\w+ ){{0,2}}?(?:escrib"
    rf"|escrev|mand|envi|respond|contest|write|send|email|cc|been|replied)\w*"
    rf"(?:(?! (?:para|to) (?:dar|give|pass|inform)).)* {_TOWARDS}"
    rf"|(?<!que )(?<!me )(?<!nos )(?<!favor )l[oa]s? (?:mande|envie|reenvie|pase|deje)\b"
    rf"(?: .*)? {_TOWARDS}"
    rf"|(?:voy a|vou|ire a|ill|i will|going to|gonna) (?:\w+ )?{_WRITES}(?: .*)? {_TOWARDS}"
    rf"|(?:quejas|reclamos|reclamac\w+|queixas|complaints)(?: .*)? {_TOWARDS}"
    rf"|(?:full|llen[oa]|chei[oa]|lotad[oa]|encheu|bloquead[oa]|hackead[oa]|valio)"
    rf"(?: (?:es[et]e?|esse|el|mi|o|meu|my|the|correo|e?mail|mail))*"
    rf"|(?:pregunt|pergunt)\w+ (?:al?|ao|pro|pra|com)\b(?: \w+){{0,2}}"
    rf"|(?<!can )(?<!could )(?<!would )(?<!if )(?:you|they|ustedes|voces|vcs) (?:use|usan|usam)"
    rf"|ask (?:my|the|him|her)\b(?: \w+)?"
    rf"|(?:told|dijeron|dijo|disse\w*|said) (?:me |nos |us |que |para )*(?:to )?\w+ {_TOWARDS}"
    rf"|(?:respuesta|resposta|reply|answer|response|responder\w+|contest\w+|replied|mail\w+"
    rf"|cartas?) (?:\w+ ){{0,2}}?{_TOWARDS}|{_PAST}(?: .*)? {_TOWARDS}|{_PAST}"
    rf"|(?:mand|envi|escrev|respond|contat|contact|coment|avis)ei(?: .*)?"
    rf"|{_LETTER} (?:que|that) (?:(?:les|te|lhes?|eu|yo|i) )*(?:mand|envi|escrib|escrev|sent"
    rf"|wrote)\w*(?: .*)? {_TOWARDS}|(?:rebot|bounc|devolv|volt[oa])\w*(?: .*)?"
    rf"|(?:fue|foi|went|sent|wrote|emailed|aparec\w+|appears?|dice|diz|says|decia|dizia"
    rf"|figura\w*|consta\w*|otherwise|sino a|salio"
    rf"|puse|fiz a|made a|ccd)(?: \w+){{0,5}}?|estoy esperando|estou esperando|waiting|a espera"
    rf"|(?:de|do|da|of|from) {_US}(?: (?:es|e|is))?|aquel(?:la|e)?|aquele|aquela|that(?: old)?"
    rf"|(?<!\ba )(?:la|a|the) (?:cuenta|conta|account)(?: de)?) ?$"
)
#: What the clause before tells of the address that stands beside it.
_TOLD_BESIDE = re.compile(
    rf"\b(?:{_PAST}|llego|llegaba|llegan?|chegou|chega|fue|foi|went|sent|salio|usando|using|era"
    rf"|eran|(?:a|em) (?:nombre|nome) d[eoa]|under|was|were|aquel(?:la|e)?|aquele|aquela|that old"
    rf"|(?:correo|e?mail|direccion|endereco) (?:(?:de|do|da) (?:{_US}|la|su|tu|el|ella)|del[ea]"
    rf"|(?:que )?(?:{_US} )?(?:tienen|tem|have)(?=$))|(?:his|her|your) (?:e?mail|address))\b"
)
#: `Better to the bakery's mail, …`: theirs, not ours.
_BETTER_TO = re.compile(
    r" ?(?:(?:si|sim|yes|hola|oi|hi|pues) )?(?:mejor|melhor|better) (?:(?:en|use|usa|usen?) )?"
    r"(?:al?|el|ao|no|pro|to|o) (?:the )?(?:correo|e?mail|one|address)\b(?! (?:d[eo]|of) (?:usted"
    r"|voce|vcs|you|la empresa|su|tu|ella?))"
)
_PROVIDERS = re.compile(r"\b(?:hotmail|gmail|yahoo|outlook|icloud|terra|bol|uol|aol|ig|msn|live)\b")
_LOST_WORD = re.compile(rf"\b(?:{LOST}|{NEGATED}|ni|nem)\b")
_EX = re.compile(r"\b(?:mi|meu|minha|my) ex\w*\b")


def is_story(clause: str) -> bool:
    """The words before an address tell what was done, or what not to do."""
    clause = clause.strip()
    return any(told.search(clause) for told in (_TOLD, NOT_TO, _STOP_USING))


def is_told_beside(clause: str, email: str) -> bool:
    """An address beside a clause is what the clause tells of: `it went to my ex, ana@…`."""
    if _EX.search(clause):
        return True
    if _THE_OTHER_OR_NEW.search(clause) or _BETTER_TO.match(clause):
        return False
    named = _PROVIDERS.search(clause)
    same = named is not None and named.group() in email.partition("@")[2].split(".")
    if same and _LOST_WORD.search(clause):
        return True
    return _TOLD_BESIDE.search(clause) is not None
