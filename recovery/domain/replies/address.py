"""The new address in a reply: written or spelled out, and whose it is."""

import re
from dataclasses import dataclass

from recovery.domain.email_address import is_valid, normalise, suggestion
from recovery.domain.replies.address_offer import is_order
from recovery.domain.replies.address_owner import Mention, is_called_new, is_theirs
from recovery.domain.replies.address_remark import without_asides
from recovery.domain.replies.spelling import in_full
from recovery.domain.replies.text import fold
from recovery.domain.replies.vocatives import is_vocative

_TLDS_TEXT = """
com net org edu gov info biz email online store shop site tech cloud app dev agency digital
studio group global world live life pro name mobi xyz me coop jobs travel tv io ai law company
solutions services consulting design media marketing club art academy gob mil int adv
"""
_TLDS = frozenset(_TLDS_TEXT.split())
_TOGETHER = re.compile(
    r"\b(?:todo junto|tudo junto|all together|all one word|one word|todo pegado|sin espacios"
    r"|sem espacos?|sem espaco|todo unido)"
    r"(?:,? (?:con (?:el )?punto|com (?:o )?ponto|with (?:the |a )?dot)(?= ?(?:,|$|arroba)))?\b"
)
_SMALL = re.compile(
    r"\b(?:todo|tudo|all)?(?: ?(?:en|em|in|con|(?<!dot )(?<!punto )(?<!ponto )com))?"
    r" ?(?:minuscul[oa]s?|lower ?case"
    r"|letras minusculas|no caps)\b"
)
#: After these one says `com` without its dot.
_PROVIDER = (
    r"(?:gmail|hotmail|outlook|yahoo|ymail|icloud|live|msn|aol|rocketmail|proton(?:mail)?|gmx|bol"
    r"|uol|terra|ig|sapo|globo)"
)
_SIGNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\s*(?:\(|\[)\s*(?:at|arroba|a)\s*(?:\)|\])\s*"), "@"),
    (re.compile(r"\s*(?:\(|\[)\s*(?:dot|punto|ponto|\.)\s*(?:\)|\])\s*"), "."),
    (re.compile(r"\s*\b(?:arroba|arrova|aroba|arrobas)\b\s*"), "@"),
    (re.compile(r"(?<=[a-z0-9])arroba(?=[a-z0-9-]+\.)"), "@"),
    (re.compile(r"\s+at\s+(?=[a-z0-9-]+(?:(?:\s+dot\s+|\.)[a-z0-9-]+)+)"), "\x00"),
    (
        re.compile(
            r"\s+(?:guion bajo|guion abajo|raya baja|raya al piso|barra baja|piso|underline"
            r"|underscore|under line|underlaine|sublinhado|subrayado|sublinha|traco baixo"
            r"|anderlain)\s+"
        ),
        "_",
    ),
    (re.compile(r"\s+(?:guion medio|guion|traco|hifen|dash|hyphen)\s+"), "-"),
    (re.compile(r"(?<=[a-z0-9])\s+(?:punto|ponto|dot|pto|pt\.|point)\s+(?=[a-z0-9])"), "."),
    # A number belongs to the word before it where they say how to write it: `…, the 52 in digits`.
    (
        re.compile(
            r"(?<=[a-z0-9][._-])([a-z]+) (?=(\d{1,6})[@\x00].*\b(?:o|el|the) \2 (?:\w+ ){0,3}"
            r"(?:numeros?|digits?|digitos?|numbers?|cifras?)\b)"
        ),
        r"\1",
    ),
    (re.compile(rf"(?<=@)({_PROVIDER}) (?=com\b|(?:es|pt|cl|fr|it|de)(?:$|[,.;!)\n]))"), r"\1."),
    (re.compile(rf"(?<=@)({_PROVIDER}\.com) (?=(?:br|mx|ar|co|pe|ve|uy)(?:$|[,.;!)\n]))"), r"\1."),
)
#: Letter by letter: where it begins is a guess.
_LETTERS = re.compile(r"(?:^|(?<=[\s:,]))(?:\w ){2,}\w(?= ?@)")
#: The same before a spelled sign: certain where it follows a sign, a label or "is".
_SPELLED_RUN = re.compile(
    r"(?P<lead>[:,] ?|\b(?:es|is|its|seria) |\b\w\w+ (?![aeoy] ))"
    r"(?P<run>(?:[a-z0-9] ){2,}[a-z0-9]) (?=arroba\b)"
)
_LOOSE_LETTERS = re.compile(r"(?:^|\s)\w \w (?=arroba\b)")
_SPACED_LOCAL = re.compile(r"(?<=\w)\s+\.\s+(?=\w+\s*@)")
#: `@ gmail . com`, `@gmail,com`.
_SPACED_DOMAIN = re.compile(
    r"@\s?([\w-]+(?:\.[\w-]+)?)(?:\s+\.\s*|\s*\.\s+|,)(?=(?:com|net|org|es|br|mx|ar|co|cl|pe)\b)"
)
#: `@ outlook . pt`, and nothing after it.
_SPACED_END = re.compile(
    r"(@\s?[\w-]+)\s\.\s?([a-z]{2,3}(?:\s?\.\s?[a-z]{2})?)(?=\s*(?:$|[,;!)\n]))"
)
_CANDIDATE = re.compile(r"[^\s<>()\[\]\"“”«»,;:@]*@+[^\s<>()\[\]\"“”«»,;:]*")
#: After these words an address begins.
_INTRO_TEXT = """
es e is its it x correo mail email emails direccion endereco address seria sera ser a al ao o el
la para pra pro por to this este esse esta ese eso nuevo novo nova nueva new ahora agora now use
usa usen usar usem utilizar with con com hola oi ola hi hello si sim yes no nao ok claro dale
anota anote anoten escribeme escribanme escriba mandame manda mande mi meu my gmail correcto
correto correct tengo tenho have and y aqui here mejor melhor be as seguinte siguiente was era
aca ai down try porfa favor perdon digo ou or
"""
_INTRO = frozenset(_INTRO_TEXT.split())
#: After these somebody is spoken to, not of.
_GREETING_TEXT = "ai ahi aca aqui favor porfa si sim yes claro hola oi ola hi hello"
_GREETING = frozenset(_GREETING_TEXT.split())
_NEVER_LOCAL = _INTRO | frozenset({"arroba", "instagram", "mio", "meio", "called", "llama"})


_ORDINAL = re.compile(r"\b(?:el|o|the) (?:(?P<first>primero?|primeiro|first)|segundo|second)\b")
#: The question is about the address itself, not what they ask after giving it.
_ASKED = re.compile(
    r"(?! (?:blz|beleza|ok|okay|vale|dale|va|ta|ta bom|ta bem|got it|listo)\?)"
    r"(?!(?: \w+){0,3}?,? (?:y|e|and|pero|mas|but|bueno) )[^.!?\n]*\?"
)
#: What begins a question and is no request.
_WHY = re.compile(
    r"(?:^|[.!?;\n] ?)(?:(?:hola|hi|oi|y|e|and|but|pero|mas) )?(?:por que|pq|xq|why|who|quien"
    r"|quem|how come"
    r"|(?:do|did|does|was|were|have|has) (?:you|u|it|they|i))\b[^.,;!?\n]*$"
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


def read_address(text: str) -> Found | None:
    """The one address that is theirs and current; None where none is certain."""
    plain = _written_out(text)
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
    rule = "spelled_address" if email not in text.casefold() else "address"
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
    r"|replac"
    r"|swap|switch|updat)\w*(?: (?:el|o|the|de|del|do|from|mi|meu|my|correo|e?mail|address"
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
    while len(labels) > 2 and not _is_tld(labels[-1]) and _is_tld(labels[-2]):
        labels = labels[:-1]
    return f"{local}{at}{'.'.join(labels)}"


def _is_tld(label: str) -> bool:
    return label in _TLDS or (len(label) == 2 and label.isalpha())


def _written_out(text: str) -> str | None:
    """Spelled signs as signs; None where what was spelled leaves a doubt."""
    if "@" in text and not _needs_spelling(text):
        return _joined(text)
    plain = fold(text)
    together = _TOGETHER.search(plain) is not None
    plain = re.sub(r",? ?" + _TOGETHER.pattern + r",?", " ", plain)
    plain = _SMALL.sub(" ", plain)
    plain = re.sub(r"[ \t]+", " ", plain).strip()
    plain = _SPELLED_RUN.sub(lambda m: m["lead"] + m["run"].replace(" ", "") + " ", plain)
    if _LOOSE_LETTERS.search(plain):
        return None
    for pattern, sign in _SIGNS:
        plain = pattern.sub(sign, plain)
    plain = re.sub(r"(?<=[a-z0-9])\s+\.\s*(?=(?:com|net|org|co|es|br|mx|ar)\b)", ".", plain)
    signed = _english_at(plain, together=together)
    if signed is None or "@" not in signed:
        return None
    return _with_whole_local(signed, together=together)


def _needs_spelling(text: str) -> bool:
    return (
        re.search(r"\b(?:punto|ponto|dot|arroba|gui[oó]n|underline|underscore|junto)\b", text, re.I)
        is not None
    )


def _joined(text: str) -> str | None:
    """`ana@ gmail.com` is one address; `ana @gmail.com` too where nothing else can be meant."""
    if _LETTERS.search(text):
        return None
    text = _whole_domain(_SPACED_LOCAL.sub(".", text))
    text = re.sub(r"(?<=[\w.])\s?@\s+(?=[\w-]+\.\w)", "@", text)
    loose = re.search(r"(?:^|(?<=[\s:,]))([\w.+-]+)\s+@(?=[\w-]+\.\w)", text)
    if loose is None:
        return text
    before = fold(text[: loose.start()]).split()
    if fold(loose[1]) in _NEVER_LOCAL or not _begins_address(before):
        return text if _CANDIDATE.search(text[: loose.start()]) else None
    return f"{text[: loose.start()]}{loose[1]}{text[loose.end() - 1 :]}"


def _whole_domain(text: str) -> str:
    text = _SPACED_END.sub(lambda m: f"{m[1]}.{''.join(m[2].split())}", text)
    return _SPACED_DOMAIN.sub(r"@\1.", _SPACED_DOMAIN.sub(r"@\1.", text))


def _begins_address(before: list[str]) -> bool:
    """Nothing, a sign, an order, or an order and to whom it is said."""
    if not before or before[-1][-1] in ":,.;!?-(" or before[-1].strip(":,.") in _INTRO:
        return True
    if len(before) > 1 and is_vocative(before[-1]):
        return before[-2] in _GREETING or is_order(before[-2])
    return is_order(before[-1])


def _english_at(plain: str, *, together: bool) -> str | None:
    """` at ` is an at sign only before a spelled `dot`, or after `is` and its like."""
    if "\x00" not in plain:
        return plain
    before, _, after = plain.partition("\x00")
    head, _, _local = before.rpartition(" ")
    spelled = "dot" in plain or "." in after.split(" ")[0]
    certain = (
        bool(head) and _begins_address(head.split()) and head.split()[-1].strip(":,") in _INTRO
    )
    if not certain and not together and head:
        return None
    return (
        plain.replace("\x00", "@")
        if spelled and _local not in {"look", "work", "me", "us"}
        else None
    )


def _with_whole_local(plain: str, *, together: bool) -> str | None:
    """The words before the sign, joined when the person said so; otherwise one word or a doubt."""
    before, sign, after = plain.partition("@")
    if not sign or before.endswith("@"):
        return plain
    words = before.split(" ")
    if together:
        taken: list[str] = []
        while (
            words
            and words[-1].strip(":") not in _INTRO
            and (not words[-1].endswith((":", ",", ".")) or not taken)
        ):
            taken.insert(0, words.pop().strip(","))
        return f"{' '.join(words)} {''.join(taken)}@{after}".strip() if taken else None
    if words[-1].endswith(",") or words[-1].strip(".") in _NEVER_LOCAL - {"gmail"}:
        return None
    return plain if _begins_address([w for w in words[:-1] if w]) else None
