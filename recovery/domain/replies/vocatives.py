"""To whom a reply is said, kindly or not: it changes nothing of what is asked."""

import re

from recovery.domain.replies.words import any_of

#: In kindness.
DEAR = any_of(
    r"""
    amig[oa]s? lind[oa] querid[oa] geni[oa] rein[oa] corazon amor bb bebe bell[oa] hermos[oa]
    precios[oa] guap[oa] gord[oa] flac[oa] nena joven moc[oa] dear love hun hon honey mate darling
    sweetheart pal buddy colega chic[oa]s? meninas? gata mana mija mijo
    """
)
#: In anger, in writing, or by their calling.
_OTHERS = any_of(
    r"""
    senoritas? caballeros? don dona querid[oa]s herman[oa] parceir[oa] boss maam compa(?:dre)?
    chamo causa maje cabron(?:es)? pendej[oa]s? idiotas? otari[oa]s? babacas? assholes? idiots?
    morons? bastards? jerks? clowns? estimad[oa]s prezad[oa]s caros apreciad[oa]s staff team
    muchachos rapaz galera turma colegas compadres carnal sirs madams bhai yaar ji
    """
)
#: By their place at work, where an order stands before.
_CALLINGS = any_of(
    "jef[ae] chef[ae] patrao patron[a]? maestr[oa] licenciad[oa] doctora? senora? senhora? profe"
)
VOCATIVE = rf"(?:{DEAR}|{_OTHERS})"
_CALLED = re.compile(rf"{VOCATIVE}|{_CALLINGS}")


def is_vocative(word: str) -> bool:
    """A word that only says to whom one speaks, where it follows an order."""
    return _CALLED.fullmatch(word) is not None
