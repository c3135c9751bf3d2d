"""How people type on a phone, as the words the rules know: shorthand, and words by their sound."""

import re
from functools import cache

_SHORTHAND_TEXT = """
q que | k que | naum nao | nda nada | + mas | xfa por favor | xfavor por favor |
porfavor por favor | porfis por favor |
porfa por favor | porfi por favor | n nao | xq por que
| pq por que | vc voce | vcs voces | pfv por favor | pf por favor | u you | ur your | d de
| dnt dont | hj hoje | m me | t te | nd nada | nomas no mas | txt text | txts texts
| txting texting | msging messaging | unsub unsubscribe | rmv remove | nmbr number | nbr number
| tmb tambien | tbm tambem | bno bueno | mnsj mensaje | mnsjs mensajes | numb number | oq o que
| guasap whatsapp | guasaps whatsapp | wats whatsapp | wpp whatsapp | wapp whatsapp | cel celular
| dps depois | dsps despues | desp despues | mñn manana | tmrw tomorrow | pls please | wnt want |
ke que | txtng texting | w with | x por | plis please | pliz please | pleas please | wanna want to
| ms mas | agen again | rite write | riting writing | escrevao escrevam
| qro quero | stp stop | txtin texting | fa favor

| gonna going to
| pfvr por favor | ppor por | msj mensaje | msjs mensajes
| agn again | anymor anymore | mss mensajes | gnt gente | wp whatsapp | wsp whatsapp
| wasap whatsapp
"""
_SHORTHAND = {
    short: meant
    for short, _, meant in (pair.strip().partition(" ") for pair in _SHORTHAND_TEXT.split("|"))
}
#: A word that others follow: at the end a letter is a letter, `con doble n: …`.
_WORD = re.compile(r"[^\W\d_]+(?= \w)")
#: Words that decide, and are misspelt by people who write as they speak.
_HEARD_TEXT = """
quiero quieren quisiera escriba escriban escribas escribir escribiendo escribirme envien envie
envies enviar enviando enviarme mensaje mensajes quiten quitenme quitame quite saquen saquenme
saqueme sacame borren borreme borrenme borrame borrar bajenme dejen dejenme dejeme dejar dejame
molesten moleste molestar molestando llamen llamenme llameme llamame llamar marquen marqueme
marquenme marcame hablame hablenme equivocado equivocada equivocaron equivoco conozco conosce
desuscribir suscripcion publicidad vuelvan volver recibir reciban eliminen elimineme eliminenme
exclua excluam excluir exclusao remova removam mensagem mensagens encher chega deixem deixa
mandem voces conheco errado numero numeros basta correo correos
"""
#: Long words that decide, in which the thumb slips.
_KEPT_TEXT = """
manden envien mandem enviem vuelvan insistan sigan molestes escribas mandes escribirle escriban
escriba escribir escribiendo contacten contactar molesten moleste molestar molestando mensaje
mensajes mensagem mensagens message messages messaging texting contact contacting bother bothering
number remove unsubscribe delete please interested receive publicidad publicidade recibir receber
eliminen eliminar elimine borren incomodem incomodar incomode perturbem perturbar contatem
contatar retirem retirar removam remover excluam excluir apaguem escrevam escrever mandando
enviando insistir bloquear denunciar descadastrar descadastre contactado contatado whatsapp
contacted sending spamming writing lleguen
"""
#: A slip from one of them, and words in their own right.
_NO_SLIPS = frozenset(["contrate", "contraten", "contratar", "mandado", "enviado", "molestado"])
#: `Ya nome escriban`; alone it is a name in Portuguese.
_GLUED = re.compile(
    r"\bno(?:(me) (?=escr|mand|envi|moles|llam|contac|vuel|inter)|(?=molest|escrib|insist|contact))"
)
#: Mexican `nomás` before an order is "just".
_JUST = re.compile(
    r"\bnomas (?=(?:dej|par|borr|quit|sa[cq]|elim|cancel|quier|quer)\w)"
    r"|(?<=por aqui )nomas\b|(?<=por aca )nomas\b|(?<=por whatsapp )nomas\b|(?<=por correo )nomas\b"
    r"|(?<=por mensaje )nomas\b|(?<=por wasap )nomas\b|(?<=por wsp )nomas\b|(?<=por chat )nomas\b"
)
#: So it is after one, unless that is refused.
_ORDER_JUST = re.compile(
    r"\b((?:escrib|mand|envi|dig|dim|pregunt|habl|avis|respond|contest)"
    r"(?:e[ns]?|a[ns]?|i)?(?:me|nos|le)?(?: (?:un |una )?(?:mensaj\w+|audio|whatsapp|msj))?)"
    r"(?: (?:por|al|en|a) (?:aqui|aca|ahi|este (?:medio|numero|chat)|(?:el )?(?:chat|correo"
    r"|wh?ats\w*|wsp|wpp|wasap|mail)))? (?:nomas|(?<=aqui )no mas|(?<=aca )no mas)\b"
)
_NO_BEFORE = re.compile(r"\b(?:no|ni|nunca|jamas)(?: (?:me|nos|te|se|les?|los?|vuelv\w+ a))* $")
#: `Mescriban`, `scriban`, `screvam`.
_CLIPPED = re.compile(r"\b(m?)e?scr(?=(?:i[bv]|ev)[aeio])")
#: `Num manda`: Portuguese `não`, else "in a".
_NUM = re.compile(r"\bnum (?=(?:me|mand|envi|quer|quero|escrev|precis)\w*)")
#: `Del my number`.
_DEL = re.compile(r"\bdel (?=my\b)")
#: `My no`, `este num`.
_NUMBER = re.compile(
    r"\b(?:(?P<my>my|ur|your) no(?! means)"
    r"|(?P<this>my|this|mi|este|meu|esse|ese|o|el) n(?:um|ro|r))\b"
)
_DOUBLED = re.compile(r"([a-qs-z])\1")
_SOUNDS = (
    (re.compile(r"qu(?=[ei])"), "k"),
    (re.compile(r"gu(?=[ei])"), "G"),
    (re.compile(r"g(?=[ei])"), "j"),
    (re.compile(r"ch"), "X"),
    (re.compile(r"c(?=[ei])|[zx]"), "s"),
    (re.compile(r"[cq]"), "k"),
    (re.compile(r"ll"), "y"),
    (re.compile(r"v"), "b"),
    (re.compile(r"h"), ""),
)


def in_full(text: str) -> str:
    """Chat shorthand written out in a text that keeps its signs."""
    return _WORD.sub(lambda word: _SHORTHAND.get(word.group(), word.group()), text)


def _as_just(order: re.Match[str]) -> str:
    """`Escriban nomás`; after a no it is `no más`."""
    return order.group() if _NO_BEFORE.search(order.string[: order.start()]) else order[1]


def spelled_out(words: list[str]) -> list[str]:
    """Chat shorthand and misspelt words as they should be; a single letter alone stays."""
    said = _CLIPPED.sub(lambda m: "me escr" if m[1] else "escr", " ".join(words))
    said = _ORDER_JUST.sub(_as_just, said)
    words = _NUMBER.sub(
        r"\g<my>\g<this> number",
        _DEL.sub("delete ", _NUM.sub("nao ", _JUST.sub("", said))),
    ).split()
    whole = " ".join(_SHORTHAND.get(word, word) if len(words) > 1 else word for word in words)
    return [_as_heard(word) for word in _GLUED.sub(r"no \1 ", whole).split()]


def _as_heard(word: str) -> str:
    if len(word) < 5:
        return word
    return _by_sound().get(_sound(word)) or _by_slip().get(word, word)


def _is_no_inflection(slip: str, word: str) -> bool:
    """The same ending, letters swapped, or an end that no word has."""
    if slip[0] != word[0]:
        return False
    swapped = sorted(slip) == sorted(word)
    return swapped or slip[-2:] == word[-2:] or not set(slip[-2:]) & set("aeiouy")


@cache
def _by_slip() -> dict[str, str]:
    """One slip of the thumb inside a word; its beginning and ending say which word it is."""
    words = _KEPT_TEXT.split()
    found = {
        slip: word for word in words for slip in slips_of(word) if _is_no_inflection(slip, word)
    }
    return {slip: word for slip, word in found.items() if slip not in {*words, *_NO_SLIPS}}


@cache
def _by_sound() -> dict[str, str]:
    return {_sound(word): word for word in _HEARD_TEXT.split()}


def _sound(word: str) -> str:
    for letters, sound in _SOUNDS:
        word = letters.sub(sound, word)
    return _DOUBLED.sub(r"\1", word)


_NEAR = {
    row[i]: {row[j] for j in (i - 1, i + 1) if 0 <= j < len(row)}
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for i in range(len(row))
}
_NEAR["b"] = _NEAR["b"] | {"v"}
_NEAR["p"] = _NEAR["p"] | {"l"}


def slips_of(word: str) -> set[str]:
    """Swapped, doubled, missing or neighbouring letters; the first is missed by nobody."""
    found = {word[:i] + word[i] + word[i:] for i in range(len(word))}
    if word == "para":
        return {"paraa"}
    found |= {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    found |= {word[:i] + word[i + 1 :] for i in range(1, len(word))}
    for i, letter in enumerate(word):
        found |= {word[:i] + near + word[i + 1 :] for near in _NEAR.get(letter, ())}
    return found
