"""The short stop words, and the slips of the thumb that still are one."""

import re
from functools import cache

from recovery.domain.replies.spelling import slips_of

#: Alone in a message these are a stop (Twilio's own list, and its kin in Spanish and Portuguese).
_WORDS_TEXT = """
stop stopall unsubscribe unsubscribed optout end quit revoke cancel baja alto parar pare parem
paren para parad salir sair cancelar cancele cancelen cancela eliminar eliminenme borrar
borrenme remover remove remova descadastrar descadastre descadastro desinscrever desuscribir
desuscribirme desuscribirse basta chega detenganse detente detener detengan excluir exclua excluam
"""
_WORDS = _WORDS_TEXT.split()
_PHRASES_TEXT = """
opt out | stop all | stop it | stop this | stop now | stop already | darme de baja |
dar de baja | dar baja | de baja | la baja | mi baja | dame baja | nao quero | nao quero mais |
no quiero |
no quiero mas | ya no quiero | ja nao quero | ya no quiero mas | no mas | nao mais | ja chega |
no more | dar baixa | cancelar inscricao | cancelar suscripcion | cancelar subscripcion |
stop stop | stop stop stop | basta basta | quiero salir | quero sair | me borra | me borre |
me tira | me tire | me tirem | me remove | me remova | me sacan | me exclua | para com isso |
pare com isso | vaza | cai fora | sai fora | suma | some | dnc | enough | no contact | no contacto
| me
deixem | me larga | me larguem | dejenme | do not contact
| parem com isso | parem | pode parar | podem parar | ya paren | ya para |
ya pare | alto ya | para ya | paren ya | stop ya | stop ja | para ja | stop por favor |
stop mensajes | stop publicidad | baja mensajes | alto mensajes | sair da lista |
salir de la lista | unsubscribe me | stop messages | stop messaging | stop texts |
cancelar mensajes | cancelar mensagens | stop whatsapp | baja whatsapp | end messages |
remove me | unsubscribe all | unsub | stahp |
bloqueado | bloqueada | no messages | no mensajes | no mensagens | no texts | never again | nunca
mas | nunca mais | chispa | fuera de aqui | largo de
aqui | fuera | fora | ya me hartaron | me hartaron | me tienen harto | me tienen harta |
 parale | ya parale | parenle | ya parenle | ya parenle ya
"""
_PHRASES = frozenset(" ".join(phrase.split()) for phrase in _PHRASES_TEXT.split("|"))
#: One slip away from a stop word, and a word in its own right.
_REAL_WORDS_TEXT = """
par sai sali sar sir pares parte padre sal alta altos altoo pagar parir pasar salid salar salio
sale salis ent ens quite quiet quito quita qui cance canela canelar candelar cancion
borrador borras borre borro bajo caja haja paja baha bala bata bar baj stoa remote
removed remora baste bast chegar cheguei chego chaga chegue pard part para paro parra
revolve sari
"""
_REAL_WORDS = frozenset(_REAL_WORDS_TEXT.split())


#: `Stop, ok?`, `para, né?`
_TAGS = frozenset({"no", "ok", "okay", "si", "sim", "ne", "eh", "vale", "va", "right", "ta", "viu"})
#: `Baja, ¿no?` may be said of a price, `chega, né?` of a parcel.
_STATES = frozenset({"baja", "para", "chega", "cancela", "alto"})


def without_tag(words: tuple[str, ...]) -> tuple[str, ...]:
    """A question whose last word only asks for assent is none."""
    tagged = len(words) > 1 and words[-1] in _TAGS and not _STATES & set(words)
    return words[:-1] if tagged else words


_FOR_NOW = re.compile(
    r"(?:ahora|agora|ahorita|now) (?:(?:no|nao) (?:quiero|quero)|fuera|fora)"
    r"|(?:no|nao) (?:quiero|quero) (?:ahora|agora|ahorita)"
)


def is_for_now(words: tuple[str, ...]) -> bool:
    """`Agora não quero` leaves another time open; `agora não quero mais` does not."""
    return _FOR_NOW.search(" ".join(words)) is not None and not {"mas", "mais"} & set(words)


def is_stop(words: tuple[str, ...]) -> bool:
    """The whole message, polite words aside, is a stop word, a stop phrase or a slip of one."""
    text = " ".join(words)
    words = words[:-1] if words[-1:] == ("me",) else words
    return text in _PHRASES or (bool(words) and all(word in _spellings() for word in set(words)))


@cache
def _spellings() -> frozenset[str]:
    slips = {slip for word in _WORDS if len(word) > 3 for slip in slips_of(word)}
    return (frozenset(slips) - _REAL_WORDS) | frozenset(_WORDS)
