"""The new address in a reply: written or spelled out, and whose it is."""

import re
from dataclasses import dataclass

from recovery.domain.email_address import is_valid, normalise, suggestion
from recovery.domain.replies.address_owner import Mention, is_called_new, is_theirs
from recovery.domain.replies.address_remark import without_asides
from recovery.domain.replies.dictation_domain import is_tld
from recovery.domain.replies.spelling import in_full
from recovery.domain.replies.text import fold

_CANDIDATE = re.compile(r"[^\s<>()\[\]\"“”«»,;:@]*@+[^\s<>()\[\]\"“”«»,;:]*")
_ORDINAL = re.compile(r"\b(?:el|o|the) (?:(?P<first>primero?|primeiro|first)|segundo|second)\b")
#: The question is about the address itself, not what they ask after giving it.
_ASKED = re.compile(
    r"(?! (?:blz|beleza|ok|okay|vale|dale|va|ta|ta bom|ta bem|got it|listo"
    r"|(?:is )?that (?:ok|okay|alright)|te sirve|serve|sirve)\?)"
    r"(?!(?: \w+){0,3}?,? (?:y|e(?! [oa] (?:nov|cert|meu|seu|corr|atual|mesm))|and|pero|mas|but"
    r"|bueno) )[^.!?\n]*\?"
)
#: What begins a question and is no request.
_WHY = re.compile(
    r"(?:^|[.!?;\n] ?)(?:(?:hola|hi|oi|y|e|and|but|pero|mas) )?(?:por que|pq|xq|why|who|quien"
    r"|quem|how come|(?:do|did|does|was|were|have|has) (?:you|u|it|they|i))\b[^.,;!?\n]*$"
)
_OR = re.compile(r",? ?(?:o|ou|or|u) (?:(?:a|al|ao|to|el|o|pra|para|en|no) )?")
#: Two are named, and the question is which we hold.
_WHICH = re.compile(r"\b(?:cual|qual|which(?: one)?)(?: \w+)? (?:tien|tem|tens|do you|have you)\w*")
_LAUGH = re.compile(r"\b[kK]{3,}\b")
_IS_IT = re.compile(r"\s*(?:(?:hi|hello|hey|so|and|but|wait|sorry)[ ,]+)*(?:is|was|isnt)\s*")


@dataclass(frozen=True, slots=True)
class Found:
    """The address to ask about, and the one probably meant."""

    email: str
    rule: str
    correction: str | None


def read_address(typed: str, plain: str | None) -> Found | None:
    """The one address that is theirs and current; None where none is certain.

    `plain` is the text with its addresses written out, None where one is in doubt.
    """
    if plain is None or "@" not in plain:
        return None
    mentions = _mentions(plain)
    if not mentions or any(not is_valid(mention.email) for mention in mentions[-1:]):
        return None
    if _WHICH.search(fold(plain[plain.rindex("@") :])):
        return None
    theirs = [mention for mention in mentions if is_valid(mention.email) and is_theirs(mention)]
    if not theirs:
        return None
    called_new = [mention for mention in theirs if is_called_new(mention)]
    email = _pointed_at(plain, theirs) or (called_new or theirs)[-1].email
    rule = "spelled_address" if email not in typed.casefold() else "address"
    return Found(email, rule, suggestion(email))


def _pointed_at(plain: str, theirs: list[Mention]) -> str | None:
    """`… better the second.`"""
    said = _ORDINAL.search(fold(plain))
    if said is None or len(theirs) != 2:
        return None
    return theirs[said["first"] is None].email


#: Between two addresses, of which the second takes the place of the first.
_IN_PLACE_OF = re.compile(
    r" ?,? ?(?:por|para|pra|pelo|a|to|with|for|into)(?: (?:el|o|the|este|esse|this))? ?:? ?"
)
_EXCHANGE = re.compile(
    r"\b(?:cambi|troqu|troc|mud|reemplac|reemplaz|substitu|sustitu|actuali[cz]|atuali[zc]|chang"
    r"|replac|swap|switch|updat)\w*(?: (?:el|o|the|de|del|do|from|mi|meu|my|correo|e?mail|address"
    r"|endereco))* ?$"
)
_NOT_TO = re.compile(r"\b(?:no|nao|not|dont|never|nunca|ni|nem)(?: (?:me|nos|lo|les|o))* ?$")
#: Why the first goes.
_LEFT_THERE = re.compile(
    r"^[ ,(]*(?:(?:que|porque|pq|pois|because|as|since) )?(?:(?:yo|eu|i) )?(?:(?:ya|ja) (?:no|nao)"
    r"|(?:no|nao)|dont|no longer) (?:trabaj|trabalh|labor|estoy|estou|to|work|am|estudi|estud)\w*"
    r"(?: (?:ahi|alli|alla|ai|la|there|here|aqui|nessa empresa|en esa empresa|mas|mais|anymore"
    r"|at that place|for them))+"
)


def _exchanged(plain: str, before: re.Match[str] | None, this: re.Match[str]) -> str | None:
    """`Change old@… for new@…`: the word that hands over the new one, or keeps it out."""
    if before is None or _IN_PLACE_OF.fullmatch(fold(plain[before.end() : this.start()])) is None:
        return None
    order = _EXCHANGE.search(told := fold(plain[: before.start()]))
    if order is None:
        return None
    return " para " if _NOT_TO.search(told[: order.start()]) is None else " no "


def _mentions(plain: str) -> list[Mention]:
    found = list(_CANDIDATE.finditer(plain))
    mentions: list[Mention] = []
    for i, match in enumerate(found):
        start = found[i - 1].end() if i else 0
        end = found[i + 1].start() if i + 1 < len(found) else len(plain)
        after = plain[match.start() + len(match.group().rstrip(".!?")) : end]
        whole = (
            _ASKED.match(fold(after))
            if not _asks_to_keep(plain[start : match.start()], after)
            else None
        )
        asked = (
            whole is not None or "¿" in plain[start : match.start()] or match.group().endswith("?")
        )
        asked = asked or _is_it(plain[start : match.start()], after)
        asked = asked or (
            _OR.fullmatch(fold(after)) is not None and _ends_asked(plain, found[i + 1])
        )
        email = _trimmed(match.group())
        before = in_full(_folded(plain[start : match.start()]))
        if (instead := _exchanged(plain, found[i - 1] if i else None, match)) is not None:
            mentions, before = mentions[:-1], instead
            after = _LEFT_THERE.sub("", fold(after), count=1)
        if i + 1 < len(found) and re.fullmatch(
            r"\s+(?:no|nao|not|y no|e nao|and not)\s+", fold(after)
        ):
            after = ""  # "this, not that": the no belongs to the next
        mentions.append(
            Mention(
                email,
                before,
                without_asides(in_full(_folded(after)).strip(" \t-\u2013\u2014")),
                asked,
            )
        )
    return mentions


#: `I moved to …, could you update it please?`
_KEEP_IT = re.compile(
    r"[ ,.¿]*(?:(?:y|e|and|por favor|please|me|l[oa]) )*"
    r"(?:pode[ms]?|poderiam?|podrian?|podrias?|pueden?|puedes|podes|(?:can|could|would|will) you)"
    r" (?:(?:me|por favor|please|kindly|l[oa]|o|a|vc|voce|ya|ja) )*"
    r"(?:atualizar|actualizar|anotar|registrar|cadastrar|update|note|record|colocar|agregar"
    r"|adicionar|poner|por|put)"
    r"(?:l[oa]s?)?(?: (?!(?:o|or|ou|outro|otro|old|viejo|antigo)\b)\w+){0,6} ?\?"
)
_MOVED = re.compile(
    r"\b(?:cambie|mude|mudei|troquei|passei|pase|moved|changed|switched|nov[oa]|nuev[oa]|new|agora|ahora|now)\b"
    r"[^.?!\n]*$"
)


def _asks_to_keep(before: str, after: str) -> bool:
    """They tell what they use now, and ask that it be put into our records."""
    return _KEEP_IT.match(fold(after)) is not None and _MOVED.search(fold(before)) is not None


def _ends_asked(plain: str, last: re.Match[str]) -> bool:
    """`Ana@… or eva@…?`"""
    return last.group().endswith("?") or plain[last.end() :].startswith("?")


def _folded(text: str) -> str:
    """Laughter kept as such: folded, it would be a word."""
    return fold(_LAUGH.sub("haha", text))


def _is_it(before: str, after: str) -> bool:
    """`Is ana@… the right one`, `why …`: asked, though no mark says so."""
    if _WHY.search(fold(before)):
        return True
    return _IS_IT.fullmatch(fold(before)) is not None and after.strip() != ""


def _trimmed(typed: str) -> str:
    """Without what people glue to an address: a full stop, the next sentence, a smile."""
    email = normalise(re.sub(r"[^\w]+$", "", typed.strip("<>*_~'`¿¡!?.=")))
    local, at, domain = email.rpartition("@")
    labels = domain.split(".")
    while len(labels) > 2 and not is_tld(labels[-1]) and is_tld(labels[-2]):
        labels = labels[:-1]
    return f"{local}{at}{'.'.join(labels)}"
