"""How people type on a phone, as the words the rules know: shorthand, and words by their sound."""

import re
from functools import cache

_SHORTHAND_TEXT = """
q que | k que | + mas | xfa por favor | xfavor por favor | porfavor por favor | porfis por favor |
porfa por favor | porfi por favor | n nao | xq por que
| pq por que | vc voce | vcs voces | pfv por favor | pf por favor | u you | ur your | d de
| dnt dont | hj hoje | m me | t te | nd nada | nomas no mas | txt text | txts texts
| txting texting | msging messaging | unsub unsubscribe | rmv remove | nmbr number | nbr number
| tmb tambien | tbm tambem | bno bueno | mnsj mensaje | mnsjs mensajes | numb number | oq o que
| guasap whatsapp | guasaps whatsapp | wats whatsapp | wpp whatsapp | wapp whatsapp | cel celular
| dps depois | dsps despues | desp despues | mñn manana | tmrw tomorrow | pls please | wnt want |
ke que | txtng texting
"""
_SHORTHAND = {
    short: meant
    for short, _, meant in (pair.strip().partition(" ") for pair in _SHORTHAND_TEXT.split("|"))
}
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
#: `Ya nome escriban`; alone it is a name in Portuguese.
_GLUED = re.compile(r"\bnome (?=(?:escr|mand|envi|moles|llam|contac|vuel|inter))")
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


def spelled_out(words: list[str]) -> list[str]:
    """Chat shorthand and misspelt words as they should be; a single letter alone stays."""
    whole = " ".join(_SHORTHAND.get(word, word) if len(words) > 1 else word for word in words)
    return [_as_heard(word) for word in _GLUED.sub("no me ", whole).split()]


def _as_heard(word: str) -> str:
    if len(word) < 5:
        return word
    return _by_sound().get(_sound(word), word)


@cache
def _by_sound() -> dict[str, str]:
    return {_sound(word): word for word in _HEARD_TEXT.split()}


def _sound(word: str) -> str:
    for letters, sound in _SOUNDS:
        word = letters.sub(sound, word)
    return _DOUBLED.sub(r"\1", word)
