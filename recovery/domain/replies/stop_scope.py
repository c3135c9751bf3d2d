"""How far a refusal reaches: all contact, one channel or some hours, and what may follow it."""

import re

from recovery.domain.replies.moment import MONTHS
from recovery.domain.replies.stop_nouns import (
    DATA,
    FILL,
    MAIL,
    ME,
    MSG,
    NO,
    REGISTER,
    THING,
)
from recovery.domain.replies.stop_verbs import (
    AGAIN,
)
from recovery.domain.replies.vocatives import VOCATIVE
from recovery.domain.replies.words import any_of

NEGATION = re.compile(
    r"\b(?:no|nao|dont|cant|cannot|wont|couldnt|doesnt|not|never|nunca|jamas|didnt|ni|nem|sin"
    r"|disregard|ignore[nm]?|desconsiderem?|tampoco|miedo|medo|temo|receio|afraid|worried|scared"
    r"|no es que quiera|sem)\b(?: \w+){0,3} ?$"
)
WHY = re.compile(
    r"^(?:, )?(?:y |e |and |mas )?(?:por que|porque|pq|xq|why|how come|cuando|quando|when"
    r"|quien|quem|who) (?!.*\b(?:(?<!que )(?:dejen|parem|paren)|para de|(?:why )?dont you stop"
    r"|(?<!you )(?<!to )(?<!they )(?<!i )stop|ban?\b)).*"
    r"|^(?:whats|what (?:is|does)|(?:o )?que (?:e|es|significa|quer dizer|quiere decir)) "
    r"|^(?:what|que|o que)(?: (?:happens|pasa|ocurre|acontece|sucede))? (?:if|si|se) "
    r"|^(?:si|if|se) (?:ustedes |voces |you )?(?:no|nao|dont) |\bnon stop\b"
)
_MONTH = rf"(?:{'|'.join(MONTHS)})"
_WHEN = any_of(
    r"""
    hoy hasta antes despues depois lunes martes miercoles jueves viernes segunda terca
    quarta quinta sexta (?:mon|tues|wednes|thurs|fri|satur|sun)days? domingos? sabados? noches?
    manhas? mananas? tarde temprano madrugada cedo noite mornings? evenings? midnight noon nights?
    dormindo durmiendo sleeping asleep finde fds feriados? holidays? weekends? vacaciones ferias
    todavia aun ainda yet horas? horario hours mientras enquanto durante during
    ahorita hoje ate today tonight until till before after late early semana am pm
    reunion meeting trabajo trabalho work oficina clase aula class misa missa culto church
    """
)
_CLOCK = (
    r"(?:\b\d+ ?(?:am|pm|hs?|hrs)\b|\b(?:de|from) \d+ (?:a|to|as) \d|\b(?:a|as) (?:las? )?\d)"
    rf"|\b(?:(?<!cuanto )(?<!toda )(?<!tu )(?<!su )(?<!seu )(?<!your ){_WHEN}|navidad|natal"
    rf"|christmas|ano (?:nuevo|novo)|new year|(?<!for a )while|(?:fin|fines) de|(?:en|em"
    rf"|in) {_MONTH}|(?:por|de) (?:enquanto|ahora|agora|momento"
    r"|el momento|o momento)|for now|(?:this|n?est[ea]|n?ess[ea]|proxim[oa]) (?:hour|week|month"
    r"|mes|ano|year"
    r"|quarter)|(?:una?|uma?|a) (?:segundo|minuto|rato|ratito|momento|momentito|pouquinho|tempinho"
    r"|sec|second|minute|moment)|(?:cuando|quando|when|mientras) (?:estoy|ando|estou|to|im|i am))\b"
)
_MANNER = (
    r"|\b(?:en|em|in) (?:ingles|english|espanol|spanish|portugues\w*|ma[iy]usculas|caps)\b"
    r"|\b(?:ta[no]|demasiado|too|so) (?:\w{3,}(?:ly|id[oa]|nt[eo]|t[oa]rio)|fast|slow|often|formal"
    r"|long|seguido|rude|depressa|devagar|larg[oa]|brusc[oa])\b"
)
_NOW_ONLY = (
    r"|^(?:con|com|en ingles|em ingles|in english|ahora|agora|now|right now|en este momento"
    r"|neste momento|at the moment)\b"
)
_HOURS = {
    "forbid": re.compile(_CLOCK + _MANNER + _NOW_ONLY),
    "cease": re.compile(_CLOCK + _MANNER),
    "unwanted": re.compile(_CLOCK + _MANNER),
}
HOURS = re.compile(_CLOCK)
#: Said of one kind of message (`si es para vender, no me escriban`), or of today.
_IF_IT_IS = re.compile(
    r"\b(?:(?:si|se|if) (?:es|son|for|forem|its|it is|fuera|fosse)|por (?:ahora|agora|enquanto)"
    r"|for now|de momento|por el momento)\b"
)
#: The time before the refusal; with `no more` it is none, unless it is of one day.
_TIME_FIRST = re.compile(
    rf"^(?!.*\b(?:mas|mais|again|any ?more|nunca|never|jamas|dije|pedi|falei|told|asked)\b).*?"
    rf"(?:{_CLOCK}|\b(?:ahora|agora|now|(?:est[ea]|n?este) momento|proxima vez|next time)\b).*?"
    r" (?:no|nao|dont|do not|not)\b|^ ?(?:hoy|hoje|today|n?(?:est[ea]|ess[ea]) semana) (?:no|nao)\b"
)
#: What comes before is a reason, what comes after the request.
AND_SO = re.compile(
    r" (?:y|e|and|pero|but|porem|so|asi que|entao|entonces|por eso|por isso|por favor|please) "
    r"(?=\w)"
)
#: The reason given after a request leaves it one.
BECAUSE = re.compile(r" (?:porque|ya que|pois|because|since|cause|cuz)\b.*")
#: The same without a word for it.
_REASON = re.compile(
    r" (?:(?:y|e|and) (?:listo|punto|pronto|(?:\w+ ){1,4}?confirm\w*)|que(?! (?:me|nos|tengo"
    r"|tenemos|tenho|contrat\w+|pag\w+|compr\w+|hice|fiz)\b)|as i|as we|im|ive"
    r"|i (?:am|have|dont|never|no|live|moved))\b.*"
)
#: Spanish `me saca que …` is a mood.
_ME_FIRST = re.compile(r"(?:me|nos) (?:sac|quit|mat)")
_BOTH = any_of(
    r"""
    ni nem nor or y e o and ou tambien tambem too
    """
)
ONE_MAILBOX = re.compile(
    rf"^(?!.*\b{MSG}\b)(?!.*\b{_BOTH} (?:\w+ ){{0,2}}{MAIL})(?!.*\b{MAIL} (?:tambien|tambem|too"
    rf"|as well))(?!.*\b{MAIL}(?: \w+)? (?:y|e|and|n) (?:\w+ )?(?:{DATA}|celu|fono"
    rf"|tel)\b)(?=.*\b(?:{MAIL}|xaddressx|mailbox|casilla|inbox)\b)(?!.*\b(?:lista|list|datos|dados"
    rf"|base)\b)"
)
#: `Por correo no …`
BY_MAIL = re.compile(
    rf"^(?:(?:hola|oi|hi|pero|mas|but) )*(?:por|al?|en|by|via|pelo|no|on|to)(?: (?:el|mi|meu|my"
    rf"|este|ese))? {MAIL}(?: (?:yo|eu|i|ya|ja))?$"
)
EMAIL_WORD = re.compile(
    rf"\b(?:{MAIL}|emailing|ningun medio|nenhum meio|todos los medios|todos os meios|any channel"
    r"|all channels|any way|ninguna forma|nenhuma forma|que (?:via|meio) for"
    r"|(?:via|medio) que sea|por ningun lado|any means)\b"
)
CALL_REFUSED = re.compile(
    rf"\b(?:(?:{NO}|do not|dont|never|stop|quit|dejen de|deja de|dejad de|parem de|para de|pare de"
    rf"|paren de|sin|sem|deixem de)(?: {ME})?(?: mas| mais| more)?(?: {AGAIN})? ?(?:{ME} )?"
    r"(?:llam(?:e|es|en|ar|adas?|eis|arme|arnos)|ligu?(?:e|em|es|ar|acoes|a)|calls?|calling"
    r"|phone|(?<!\bno )telefone\b|telefon(?!e\b)\w+|ring|marqu?\w+|chamadas?))\b"
)
#: `Stop sending them to my old office.`
_ELSEWHERE = re.compile(
    r"\b(?:to|a|para|pra|pro) (?:my|the|that|mi|la|el|meu|minha|esa|ese)"
    r" (?!(?:\w+ )?(?:number|numero|phone|cell|celular|tele\w+|whatsapp|movil|zap))"
)
#: `Don't text me the code.`
_OBJECT = re.compile(
    r"^(?:the|an|el|los|las|una?|uma?|os|as) (?!otr|outr|mism|mesm|same)|^(?:al|a (?:mi|tu|su|la"
    r"|los|las)) (?!n[uo]|cel|tel|whats|w[sp]|movil|privado|inbox|fono|linea)"
)
_NEEDS_OUT = re.compile(r"(?:necesito|preciso) (?:sal|sai|get)")
#: `I don't want the messages to get lost`: they are wanted.
_SHOULD_NOT = re.compile(r"^to (?!me\b|my\b|this\b|be\b|us\b|\w+ number)")
#: `This`, and not `this colour`.
_THAT = r"(?:est[aeo]s?|es[aeo]s?|ess[ae]s?|isso|isto|this|these|those)"
_DUTIES = re.compile(
    rf"^(?:{FILL} )*(?!{_THAT} (?!{FILL}\b|{THING}\b|,))(?:{THING})(?:$|[ ,])|^(?:(?:mas|mais|more"
    rf"|any) )?\w+ (?:ni|nem|or) (?:{MSG}|nada|anything)(?:$| ,)|^(?:{FILL}(?: |$))*$"
    rf"|^(?:mas|mais|anymore|again) (?:por favor|please|gracias|obrigad[oa])\b"
)
#: Whose a list is that is ours.
_OURS = any_of(
    "ustedes usted uds voces vcs vosotros ti vos clientes? customers clients whatsapp zap datos"
    " dados personas pessoas empresa marketing envio disparos? tele\\w+ su sua vossa nuestra"
)
_FROM = re.compile(
    rf"^(?:(?:{FILL}) )*(?:(?:de|del|da|do|dos|das|dessa|desse|desta|deste|daqui|dai|dali|from|off"
    rf"|out|of|on|en|em|na|no|nas|aos|nesta|la|las|su|sus|tu|tus|vuestra|esta|este|esa|ese|sua|suas"
    rf"|voss[ao]s?|tua|the|your|this|that|these|those|ya|todas?|todos?|all|any|mass|bulk|est[oa]s"
    rf"|es[oa]s|ess[ae]s|dess[ae]s|dest[ae]s|aqui|ahi|ai|here|distribution|contact|contactos"
    rf"|contatos|mailing|marketing|messaging|customers?|clients?|broadcast|email|whatsapp|phone"
    rf"|text|and|y|e|cualquier|qualquer|every|tipo|forma|toda|further|future) )*(?:{REGISTER}|daqui"
    rf"|dai|dali|disso|disto|dessa(?=$| ,)|aqui|ahi|lados|partes|esto|eso|here|there|(?:this"
    rf"|it)(?! (?!thing|nonsense|{FILL}\b|{REGISTER}\b)\w)|ustedes|whatsapp|todo|tudo)\b(?! (?:de"
    rf"|of) (?!(?:l[ao]|{FILL}|{REGISTER}|{_OURS})\b)\w)"
    r"(?! (?:del|d[oa]|de la|for|of the) (?:asado|churrasco|fiesta|festa|boda|casamento|evento"
    r"|viaje|viagem|sorte[oi]o?|rifa|raffle|party|trip|event|wedding)\b)"
)
_ONLY_FILL = re.compile(
    rf"^(?:(?:{FILL}|si|sim|ai|ahi|aqui|aca|here|fora|fuera|out|mas|blz|beleza|flw|tchau|olha"
    rf"|mano|cara|pessoal|faz|faca|favor|haga[ns]?|dije|dijimos|disse|falei|{VOCATIVE}"
    rf"|es posible|how|can|i|como|hago|faco|e|y|and|and)(?: |$))*$"
)
_ABOUT = re.compile(
    r"^(?:de|por|en|no|neste|nesse|a|al|to|from|on|at|for|para|pra|y|e|and|porque|que) "
)
#: `Mensajes automáticos`, `alerts for my order`: these, but others may come.
_WHOSE_OR_NONE = any_of(
    rf"""
    {_OURS} uds? tus? sus seus? suas? voss[ao]s? yours? u me my mi mim meu minha part parte vend\w+
    vent\w+ sales est[aeo]s? es[oa]e?s? ese ess[aeo]s? this that these those it here aqui aca now ya
    ja numero tipo nad[ai] que favor clase kind sort la las el lo los a o os as the an? all any\w*
    ever nuevo novo un[ao]? uma? dios deus gods? company promo\w+ mens\w+ publi\w+ propag\w+ spam
    ofertas? cobran\w+ siempre sempre whats\w* ning\w+ nenh\w+ otr\w+ outr\w+ ahora agora cualquier
    qualquer good jeito manera maneira forma modo
    """
)
_SOME_OF_THEM = re.compile(
    rf"^(?:(?:{FILL}|{THING}) )*(?:de|of|about|sobre) (?!{_WHOSE_OR_NONE}\b)\w|"
    r"\b(?:(?:automati[cz]|generic|duplica|repeti|repeat|equivoca|errad|wrong|vaci|blank|larg[oa]s"
    r"|long|old|viej|antig)\w*|seguid[oa]s|in a row|junt[oa]s|de voz|de voice|voice|en blanco"
    r"|(?:for|of|about|del?|do|da|dos|das|sobre) (?:(?:my|the|mi|el|la|meu|minha|this|este|ese|esse"
    r"|your|su) )?(?:orders?|pedidos?|facturas?|invoices?|boletos?|compras?|envio|citas?|consulta"
    r"|ordem|orden|nota|cuenta|conta|\d+))\b"
)
_OTHER_LIST = re.compile(
    r"\b(?:list[ae] de (?:espera|prec\w+|compras|dese\w+|boda|casamento|convidados|invitados"
    r"|presentes|regalos|alun\w+|alumn\w+)|(?:waiting|guest|wish|price|wedding|shopping|gift|class"
    r"|team|school|attendance|student) list|waitlist)\b"
)
#: Only by telephone.
BY_PHONE = re.compile(
    r"^(?:(?:mas|mais|again|anymore) )*(?:por|via|by|pelo|on the|over the) (?:el )?(?:telefono"
    r"|telefone|phone|llamadas?|ligacao|calls?)\b(?! (?:ni|nem|o|ou|or|y|e|and)\b)"
)
#: What one may have for a course as well.
_ENROLLED = re.compile(r"\b(?:registro|registo|inscricao)$")
#: `Stop texting my son`, `no me escriban al otro`.
_TO_ANOTHER = re.compile(
    r"^(?:(?:mas|mais|any ?more) )*(?:(?:to |a |al |pr[ao] |para (?:[oa] )?)?(?:my|mi|meu|minha)"
    r" (?!(?:\w+ )?(?:num|phone|cell|mobile|line|cel|tel|whats|zap|inbox|contac?t|work|movil"
    r"|linea))"
    r"|(?:al|a la|no|na|ao|en el|(?:to|on|at) the) (?:otr|outr|other|viej|antig|old|anterior))"
)
_BETWEEN_US = re.compile(r"^(?:from|to|on|by|with) (?:you|your|ur|this|me|my|us)\b")
#: `Para com essas mensagens chatas`.
_ONE_WORD = re.compile(r"^[a-z]+$")
_SPARED = re.compile(
    r"^(?:viej|anterior|antig|velh|old\b|del pedido|da compra|fij[oa]|pedid|y (?:pong|us"
    r"|agreg|anot|cambi)|e (?:coloc|us|pon|adicion|atualiz)"
    r"|and (?:use|add|put)|por (?:este|esta|esse|el|la|o|a|outro|otro)\b|de la orden"
    r"|from my order|from the order|(?:de|do|del) (?:serasa|spc|buro|veraz|dicom|asnef|infocorp"
    r"|contrato|boleto|cliente|orden|guia|pedido|rastreo|socio)\b|repetid|duplicad|equivocad|errad)"
)


#: Not here, but there.
_ANOTHER_PLACE = re.compile(
    r"\b(?:por|en|em|on|in|no|na|via|by|al|a|pelo|to) (?:(?:el|the|my|mi|meu|o) )?(?:facebook|fb"
    r"|instagram|ig|insta|telegram|messenger|linkedin|tiktok|sms|grupo|group|fijo|landline)\b"
    r"(?!.*\b(?:ni|nem|nor|or|o|ou|y|e|and|tampoco|whats\w*|zap)\b)"
)


#: Whose number it is says nothing of hours.
_OF_WORK = re.compile(
    r"(?<=numero|number|elular| phone) (?:(?:que|porque|pois|because|its|it|as|is|es|e|del?|do|a|mi"
    r"|meu|my|el|o) )+(?:trabajo|trabalho|oficina|work)\b"
)


def is_only_filler(words: str) -> bool:
    """Nothing but polite and small words."""
    return _ONLY_FILL.match(words) is not None


def names_our_list(words: str) -> bool:
    """`… from your list`, `… da base`, `… de aquí`."""
    return _FROM.match(words) is not None


def without_reason(said: str, tail: str) -> str:
    """What follows an order to take them off, up to why: `… dear, as I never buy`."""
    if _ME_FIRST.match(said):
        return BECAUSE.sub("", f" {tail}").strip()
    return _REASON.sub("", BECAUSE.sub("", f" {tail}")).strip()


def allows_tail(rule: str, match: re.Match[str], tail: str) -> bool:
    """What follows the verb keeps the meaning: an object we send, a list we keep, or nothing."""
    if rule in {"removal", "unwanted"} and _OTHER_LIST.search(f"{match.group()} {tail}"):
        return False
    said = {name for name, value in match.groupdict().items() if value is not None}
    match rule:
        case "removal" if _NEEDS_OUT.match(match.group()) and _ONLY_FILL.match(tail):
            return False
        case "removal" if said & {"me", "leave", "gone", "asked", "baja", "sub"}:
            tail = without_reason(match.group(), tail)
            return _ONLY_FILL.match(tail) is not None or _FROM.match(tail) is not None
        case "removal" if _ENROLLED.search(match.group()):
            return names_our_list(tail) or is_only_filler(tail)
        case "removal":
            return _SPARED.match(tail) is None
        case "cease" | "unwanted" if "off" in said:
            return _ONLY_FILL.match(tail) is not None
        case "cease" if "kind" in said:
            return any(kind.match(tail) for kind in (_ONLY_FILL, _BETWEEN_US))
        case "cease" if "msg" in said:
            return any(kind.match(tail) for kind in (_ONLY_FILL, _ABOUT, _ONE_WORD))
        case "forbid" | "cease" | "unwanted" if said & {"send", "send2", "get3"}:
            apart = (_ELSEWHERE, _ANOTHER_PLACE, _SOME_OF_THEM)
            return _DUTIES.match(tail) is not None and not any(of.search(tail) for of in apart)
        case "forbid" | "cease" if _TO_ANOTHER.match(tail) or _ANOTHER_PLACE.search(tail):
            return False
        case "forbid":
            return _OBJECT.match(tail) is None or _DUTIES.match(tail) is not None
        case "unwanted" if "mine" in said:
            return names_our_list(tail) or is_only_filler(tail)
        case "unwanted":
            some = _SOME_OF_THEM.search(tail) if said & {"msg", "msg2", "msg3"} else None
            return _SHOULD_NOT.match(tail) is None and some is None
        case _:
            return True


def opens_with_limit(clause: str) -> bool:
    """`Los domingos no me escriban`, `si es publicidad no …`: when or what, not whether."""
    return _TIME_FIRST.match(clause) is not None or _IF_IT_IS.search(clause) is not None


def is_about_hours(rule: str, tail: str) -> bool:
    """`Don't write to me on Sundays`: when, not whether."""
    pattern = _HOURS.get(rule)
    return pattern is not None and pattern.search(_OF_WORK.sub("", tail)) is not None
