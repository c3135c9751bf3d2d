"""The words of a refusal and the part each plays in one; a word may play several."""

import re
from functools import lru_cache

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
    mensage[mn]s? messages? texts? spam contacto contato comunicacion(?:es)? comunicacoes
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
#: To ask or to seek is to write only where it is "again".
_ASK = any_of("pregunt(?:e[ns]?|ar|ando)(?:me|nos)? pergunt(?:e[ms]?|ar|ando) ask asking")
_SEEK = any_of("busque[ns]? procurem? procurar buscar(?:me)? cham(?:em?|ar|a) ligu?em ligar")
_FORGET = any_of(r"olvid\w+ esquec\w+ forget")
#: Indicative and order look alike.
_MAY_STATE = any_of("manda envia contacta contata molesta incomoda perturba chateia enche escreve")
#: Orders to end, complete in themselves.
_HALT = any_of(
    r"""
    stop quit cease desist enough paren parenle parem parad cesen cese cessem basta detenganse
    suficiente parenla cortenla cortala corten paran[ls]e parele parale detengan terminen
    acaben acabem pararan pararem parassem cesaran parasen cessassem
    """
)
CEASE = any_of(
    rf"""
    {_HALT} pare parar cesar absten(?:gan|ga|er)(?:se)? abstenham?(?:se)?
    suspend(?:an|am|er|a) deten(?:gan|ga|er) interrompam? fren(?:en|ar) terminen discontinue
    suspend halt stopping cessar cancel(?:en|e|em|ar|a|o)? refrain avoid abstain
    anul(?:en|e|ar|a) end ending terminar evit(?:en|e|ar|em)(?:me|nos)?
    """
)
WANT = any_of(
    r"""
    quiero quisiera deseo quero queria desejo gostaria gustaria want wish like prefer prefiero
    prefiro preferiria preferia solicito pido exijo peco ruego agradezco agradeceria agradeco
    necesito preciso need said told asked consent agree autorizo acepto aceito solicitamos
    pedimos exigimos appreciate demand request requesting demanding id interes(?:a|ad[oa])?
    interess(?:e|a|ad[oa]) interested wanna interest acuerdo concordo acordo
    """
)
MAY = any_of(
    "pueden? podrian? puedes podrias podes podria pode podem poderia poderiam can could would will"
)
_REMOVE = (
    rf"(?:(?:{OUT}){OUT_MOOD}(?:me|nos|lo|los|se)?|desvincul\w+|remove|delete|erase|wipe"
    r"|purge|forget|lose|scrub|strike|scratch|pull|drop|exclude|take|get|block|bloque(?:en|a"
    r"|e)(?:me)?|bloquei(?:a|e|em)"
    r"|esque[cs]\w+|removed|deleted|erased|taken"
    r"|(?:eliminad|borrad|removid|excluid|apagad|retirad|suprimid|sacad|quitad|tirad)[oa]s?"
    r"|descadastr\w+|desinscrev\w+|unsubscrib(?:e|ing)|eliminacion|exclusao|remocao|removal"
    r"|deletion)"
)
#: The same verbs with the person in them: `sáquenme`.
_REMOVE_ME = re.compile(
    rf"(?:{OUT}){OUT_MOOD}(?:me|nos)|(?:descadastr|desinscrev){OUT_MOOD}|descadastramento"
    rf"|unsubscrib(?:e|ing)"
)
_DELIVERY = any_of("envios? recebimento recepcion")
#: Who has had enough of our writing wants no more of it.
_FED_UP = any_of(
    "hart[oa]s? cansad[oa]s? cansei canse cans[ao]n aburr(?:i|en) hartaron cansaron"
    " aburrieron sick tired aguento aguanto soporto suporto cheio cheia saco"
)
_LEAVE = any_of(
    "borro salgo saio desaparecer sumir salir(?:me)? sair retiro retirarme retirar withdraw"
)
_STAY = any_of(
    "estar seguir continuar participar permanecer figurar aparecer constar"
    " ficar stay be part parte formar fazer"
)
_DATA = any_of(
    r"""
    datos numeros? telefonos? contactos? celular movil nombre dados contatos? cadastro nome
    telefone registro info information numbers? name data details contact phone cell zap whats
    whatsapp wpp informacion informaciones informacao informacoes
    """
)
_LIST = any_of(
    r"""
    listas? bases? registros? agenda sistemas? difusion cadastros? banco transmissao contactos
    contatos contacts directorio database db lists? group grupo records? crm system distribucion
    """
)
#: What they do to us, said as done or about to be done.
_BLOCK = any_of(
    r"""
    bloquear(?:los|las|te|lo|la)? bloqueando(?:los|las|te|lo)? bloqueo bloqueio bloquead[oa]s
    bloquearei bloqueei bloquee denunciei denuncie reporte denunciar(?:los|las|te|lo)?
    denunciando(?:los|te)? denunciad[oa]s? denuncio denunciarei denunciare bloqueare
    reportar(?:los|las|te|lo)? reportando(?:los|te)? reportad[oa]s? reporto reportare blocked
    blocking block reported reporting report marked marcado marcados
    """
)
_SMALL = any_of(
    r"""
    me nos mi te les le los las la lo el se o a os as un una uma my this that these those them
    it to of from with at on any all de del do da dos das al ao con com por para pra en em que
    sus su tus tu seus suas your isso isto esto eso esta este estos esas essa essas esse esses
    desses dessa desta deste desse nessa nesta neste nesse dessas disso mas mais more anymore
    again ever nunca y e and be ser estar seguir volver voltar continuar keep nuevamente
    novamente nuevo novo ningun ninguna nenhum nenhuma ni nem ya ja numero number celular
    whatsapps? phone aqui here medio meio modo forma tipo nada anything else other otra otros
    outros outra mano i ive im you ustedes uds voces vosotros oigan oye oiga senores guys
    people gente y'?all yall folks off out senhores loco wey guey bro man dude che pesados
    carajo mierda puta porra caralho merda damn fucking fuck fucken bloody hell maldita sea
    chau adios tchau bye mil veces vezes ultima vez last time times already dije dijimos pedi
    falei disse como hago faco hacer fazer how just kindly such so many tantos tantas tanto
    please favor seu sua meu minha meus minhas mis nuestros nuestro nosso nossos teu tua mim
    eu yo voy vou vamos going gonna should must have has tem tienen tendran think creo acho
    asunto dejen dejar sean seja sejam is are will ahi ai dai daqui aca esos daquele
    inmediatamente imediatamente immediately completely asap lgpd gdpr rgpd serio serious
    seriously verdad verdade honestly sinceramente mire mira miren look olha olhe olhem
    cansad[oa]s? harto harta hartos tired sick todo toda todos todas tudo siempre ficar fiquem
    fique imediato imediata inmediato inmediata entiendan entendam entienda vida caso quem
    alguno alguna algum alguma otro dejenme either since whatsoever further until w sempre
    really empresa firma company equipo equipe ningum via vias make wanna by ve vergonha tio
    tia in into about over estoy estou nah nope asking saber ver tener ter nothing vosso vossa
    vossos vossas vuestro vuestra vuestros quieto quieta enesima llega process procesen
    ninguem nadie esa ese aquel aquella aquele aquela dela dele nesses vcs conmigo comigo
    procedo quedan queda quedas serao sera foram estan estao youve youre been rid needs parte
    entonces entao assim asi ahorita mailing marketing distribution possible posible possivel
    manera mind way our nuestra nossa quiere quer queremos wants personal personales pessoal
    venham venir come coming there alla does empresas gostamos gustan gusta tengo tenho hablar
    falar tanta ask hear van for consider yourself logo away na nas num numa lados partes know
    its theres aviso avisamos the
    """
)
_PARTS = {
    "verb": re.compile(_VERB),
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
    "mine": re.compile(r"(?:mis?|meus?|minhas?|my|este|esse|this|nuestros?|nossos?)"),
    "delivery": re.compile(_DELIVERY),
    "fed_up": re.compile(_FED_UP),
    "leave": re.compile(_LEAVE),
    "stay": re.compile(_STAY),
    "my": re.compile(r"(?:mis?|meus?|minhas?|my|nuestr[oa]s?|noss[oa]s?)"),
    "it": re.compile(r"(?:it|them|lo|los|o|os|\w+[nae]l[oa]s?)"),
    "english": re.compile(rf"(?:{ENGLISH_WRITE}|send)"),
    "no": re.compile(
        r"(?:no|nao|nunca|jamas|never|jamais|doesnt|dont|not|sin|sem|prohibo|proibo|prohibido"
        r"|proibido|forbid|nothing)"
    ),
    "small": re.compile(rf"(?:{_SMALL}|{AGAIN})"),
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
