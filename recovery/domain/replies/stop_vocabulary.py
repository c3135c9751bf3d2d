"""The words of a refusal and the part each plays in one; a word may play several."""

import re
from functools import lru_cache

from recovery.domain.replies.stop_small_words import SMALL
from recovery.domain.replies.stop_verbs import (
    AGAIN,
    ENGLISH_WRITE,
    ENGLISH_WRITING,
    OUT,
    OUT_MOOD,
    SEND,
    SENDING,
    WRITE,
    WRITING,
)
from recovery.domain.replies.text import COURTESY
from recovery.domain.replies.words import any_of

_NOUN = any_of(
    r"""
    mensajes? mensajitos? mensajeria msjs? msgs? publicidad promos? promociones propagandas?
    mensage[mn]s? messages? texts? spam contacto contato comunicacion(?:es)? comunicacao
    comunicacoes
    comunicados? notificacion(?:es)? notificacoes mensajerio whatsapps sms insistencias?
    mensajeo invitaciones convites ofertas offers ads communications? notifications? contact
    avisos? recordatorios? lembretes? alertas? alerts? reminders? acoso assedio harassment
    """
)
_VERB = (
    rf"(?:(?:{WRITE}|{SEND}|{WRITING}|{SENDING})(?:me|nos|lo|los|se)?|{ENGLISH_WRITE}|send"
    rf"|{ENGLISH_WRITING}|sending"
    r"|(?:recibir|receber|receive|receiving|getting|recibiendo|recebendo|leer|ler)(?:los|las)?"
    r"|(?:contac?tad|molestad|incomodad|perturbad|acosad|bombardead)[oa]s?"
    r"|contacted|messaged|texted|bothered|harassed|spammed|disturbed|pestered)"
)
#: To put somebody on a list; in no mood that could tell of the past.
_ADD = (
    r"(?:(?:agreg|anad|inclu[iy]?|inscrib|suscrib|registr|adicion|cadastr|inscrev)"
    r"(?:u?e[ns]|u?em|a[ns]|ais|eis|am)(?:me|nos)?|(?:meta|ponga|bote)[ns]|poner|meter|add"
    r"|include|subscribe|enroll?)"
)
#: To ask or to seek is to write only where it is "again".
_ASK = any_of("pregunt(?:e[ns]?|ar|ando)(?:me|nos)? pergunt(?:e[ms]?|ar|ando) ask asking")
_SEEK = any_of("busque[ns]? buscando procurando procurem? procurar buscar(?:me)? cham(?:em?|ar|a)")
_FORGET = any_of(r"olvid\w+ esquec\w+ forget")
#: Indicative and order look alike.
_MAY_STATE = any_of("manda envia contacta contata molesta incomoda perturba chateia enche escreve")
#: Orders to end, complete in themselves.
_HALT = any_of(
    r"""
    stop quit cease desist enough paren parenle parem parad cesen cese cessem basta detenganse
    suficiente parenla cortenla cortala corten paran[ls]e parele parale detengan terminen
    cortela cortenlo cortalo parenlo paralo parela parala acabala acabenla terminala terminenla
    acaben acabem pararan pararem parassem cesaran parasen cessassem
    """
)
CEASE = any_of(
    rf"""
    {_HALT} pare parar cesar absten(?:gan|ga|er)(?:se)? abstenham?(?:se)?
    suspend(?:an|am|er|a) deten(?:gan|ga|er) interrompam? fren(?:en|ar) terminen discontinue
    suspend halt stopping cessar cancel(?:en|e|em|ar|a|o)? refrain avoid abstain
    cut desactiv(?:ar|en|e|a) desativ(?:ar|em|e|a) disable deactivate spare poup(?:ar|em|e|a)
    ahorr(?:en|e|a)(?:me|nos|se)? anul(?:en|e|ar|a) end ending terminar
    evit(?:en|e|ar|em)(?:me|nos)?
    """
)
WANT = any_of(
    r"""
    curto afim gosto gusta solicita ruega roga pede
    quiero quisiera deseo quero queria desejo gostaria gustaria want wish like prefer prefiero
    prefiro preferiria preferia solicito pido exijo peco ruego agradezco agradeceria agradeco
    necesito preciso need said told asked consent agree autorizo acepto aceito solicitamos
    pretendo pretendemos tenciono intend rogamos agradecemos
    pedimos exigimos appreciate demand request requesting demanding id interes(?:a|ad[oa])?
    interess(?:e|a|ad[oa]) interested wanna interest acuerdo concordo acordo
    """
)
MAY = any_of(
    "pueden? podrian? puedes podrias podes podria pode podem poderia poderiam can could would will"
)
_REMOVE = (
    rf"(?:(?:{OUT}){OUT_MOOD}(?:me|nos|lo|los|se)?|desvincul\w+|remove|delete|erase|wipe|expunge"
    r"|purge|forget|lose|scrub|strike|scratch|pull|drop|exclude|take|get|block|bloque(?:en|a"
    r"|e)(?:me)?|bloquei(?:a|e|em)|esque[cs]\w+|removed|deleted|erased|taken|(?:eliminad|borrad"
    r"|removid|excluid|apagad|retirad|suprimid|sacad|quitad|tirad)[oa]s?|descadastr\w+"
    r"|desinscrev\w+|unsubscrib(?:e|ing)|eliminacion|exclusao|remocao|removal|deletion)"
)
#: The same verbs with the person in them: `sáquenme`.
_REMOVE_ME = re.compile(
    rf"(?:{OUT}){OUT_MOOD}(?:me|nos)|(?:descadastr|desinscrev){OUT_MOOD}|descadastramento"
    rf"|unsubscrib(?:e|ing)"
)
_DELIVERY = any_of("envios? recebimento recepcion")
#: Who has had enough of our writing wants no more of it.
_FED_UP = any_of(
    "aburrid[oa]s? hart[oa]s? podrid[oa]s? fed hinchad[oa]s? aturdid[oa]s?"
    " cansad[oa]s? cansei canse cans[ao]n aburr(?:i|en) hartaron cansaron"
    " aburrieron sick tired aguento aguanto soporto suporto cheio cheia saco"
)
_LEAVE = any_of(
    "borro salgo saio desaparecer sumir salir(?:me)? sair retiro retirarme retirar withdraw"
)
_STAY = any_of(
    "estar seguir continuar participar permanecer figurar aparecer constar"
    " mantener manter maintain pertenecer pertencer integrar belong"
    " ficar stay be part parte formar fazer"
)
_DATA = any_of(
    r"""
    datos numeros? telefonos? contactos? celular movil nombre dados contatos? cadastro nome
    telefone registro info information numbers? name data details contact phone cell zap whats
    whatsapp wpp informacion informaciones informacao informacoes digits mobile
    telemovel fone handphone
    """
)
_LIST = any_of(
    r"""
    listas? bases? registros? agenda sistemas? difusion cadastros? banco transmissao contactos
    contatos contacts directorio database db lists? group grupo records? crm system distribucion
    ficheros? archivos? arquivos? fichas? planillas? planilhas? bbdd bdd libretas? padron roster
    files? spreadsheet carteras? carteira listados? listagem servidor(?:es)? book books rolodex
    """
)
#: What they do to us, said as done or about to be done.
_BLOCK = any_of(
    r"""
    bloquie bloquiei bloquear(?:los|las|te|lo|la)? bloqueando(?:los|las|te|lo)? bloqueo bloqueio
    bloquead[oa]s
    bloquearei bloqueei bloquee denunciei denuncie reporte denunciar(?:los|las|te|lo)?
    denunciando(?:los|te)? denunciad[oa]s? denuncio denunciarei denunciare bloqueare
    reportar(?:los|las|te|lo)? reportando(?:los|te)? reportad[oa]s? reporto reportare blocked
    blocking block reported reporting report marked marcado marcados
    """
)
_PARTS = {
    "verb": re.compile(_VERB),
    "past": re.compile(r"contacted|messaged|texted|bothered|harassed|spammed|disturbed|pestered"),
    "add": re.compile(_ADD),
    "noun": re.compile(_NOUN),
    "seek": re.compile(_SEEK),
    "forget": re.compile(_FORGET),
    "ask": re.compile(_ASK),
    "cease": re.compile(f"(?:{CEASE}|cease)"),
    "halt": re.compile(_HALT),
    "want": re.compile(WANT),
    "may": re.compile(MAY),
    "remove": re.compile(_REMOVE),
    "remove_me": _REMOVE_ME,
    "data": re.compile(_DATA),
    "list": re.compile(_LIST),
    "block": re.compile(_BLOCK),
    "again": re.compile(rf"(?:{AGAIN}|mas|mais|more|again|anymore|vuelv\w+|volte[ms]?)"),
    "me": re.compile(r"(?:me|nos|us|mi|mim)"),
    "mine": re.compile(r"(?:mis?|meus?|minhas?|my|[dn]?este|[dn]?esse|this|nuestros?|nossos?)"),
    "delivery": re.compile(_DELIVERY),
    "fed_up": re.compile(_FED_UP),
    "leave": re.compile(_LEAVE),
    "stay": re.compile(_STAY),
    "my": re.compile(r"(?:mis?|meus?|minhas?|my|nuestr[oa]s?|noss[oa]s?)"),
    "it": re.compile(r"(?:it|them|lo|los|o|os|\w+[nae]l[oa]s?)"),
    "english": re.compile(rf"(?:{ENGLISH_WRITE}|send)"),
    "no": re.compile(
        r"(?:no|nao|nunca|jamas|never|jamais|doesnt|dont|not|sin|sem|prohibo|proibo|prohibido"
        r"|proibido|forbid|nothing|dispenso|rechazo|recuso|refuse|decline|niego|renuncio|cero|zero)"
    ),
    "small": re.compile(rf"(?:{SMALL}|{AGAIN})"),
}
_IS_STATE = re.compile(_MAY_STATE)
_TIMES = frozenset({"tarde", "tardes", "noche", "noches", "dia", "dias", "noite"})
_NEUTRAL = frozenset({"small"})


@lru_cache(maxsize=4096)
def parts_of(word: str) -> frozenset[str]:
    """What the word can be in a refusal; nothing for a word that belongs to none."""
    if _IS_STATE.fullmatch(word):
        return frozenset()
    if word in COURTESY - _TIMES:
        return _NEUTRAL
    found = {part for part, pattern in _PARTS.items() if pattern.fullmatch(word)}
    return frozenset() if found <= {"it", "english"} else frozenset(found)
