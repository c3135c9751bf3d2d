"""A clause made of nothing but the words of a refusal, in whatever order they come.

The grammar knows how people usually say it; this knows that whoever uses only these words, a no
and a word for contact among them, can mean nothing else. One unknown word, and it is silent.
"""

import re
from collections import Counter

from recovery.domain.replies.stop_verbs import ENGLISH_WRITE, SENDING, WRITING
from recovery.domain.replies.stop_vocabulary import CEASE, MAY, WANT, parts_of
from recovery.domain.replies.vocatives import VOCATIVE

#: These cease only with what follows: `deja un mensaje`, `chega mensagem`, `para mí` do not.
_CEASE_WITH = re.compile(
    r"\b(?:turn|switch) off (?=\w)|\b(?:dej(?:en|a|e|o|ar|ad|es)(?:me|se)?|deix(?:em|e|a|ar)"
    r"|para) (?=(?:ya |ja |por favor )?(?:de|con|com|desses?|dessas?|disso)\b)|\bya (?:chole"
    r"|(?:estuvo|fue)(?: bueno| suficiente| suave)?) (?=de|con)|\b(?:basta|chega|alto) (?=(?:ya "
    r"|ja )?(?:de|con(?! (?:una?|lo) )|com|a|desses?|dessas?|disso)\b)"
)
_TWICE_NO = re.compile(
    rf"\b(?:no|nao|nunca|dont|never|not|jamas) (?:\w+ ){{0,3}}?(?:cease|{CEASE})\b"
)
#: What they do or would like to do, not what we should not.
_ELSE = re.compile(
    r"\b(?:no|nao) (?:se|sei|sabia|sabemos|supe|puedo|posso|pude|logro|consigo"
    r"|alcanzo) (?:como )?\w+r(?:l[oae]s?)?\b"
    rf"|\b(?:no|nao|nunca)(?: me| nos| te| les)? {MAY}\b|\b(?:dont|do|never) you\b"
    rf"|(?<!could )(?<!can )(?<!would )\b(?:you|youre|ur|it|doesnt|isnt) (?:are )?"
    rf"(?:never|dont|no|not|bother)\b|\bstop by\b"
    r"|\b(?:at|by|in|until|to|of)(?: \w+){0,2} end\b|\b(?:bus|next|last|first|full) stop\b"
    r"|\bstop and (?!(?:\w+ly |please )?(?:remov|delet|leave|unsub|take|lose|do|never|go|get|bloc))"
    r"|\b(?:no|nao) (?:es|e|son|sao|era) (?:\w+ )?(?:spam|acoso|assedio|propaganda|publicidad)"
    r"|\bnot (?:\w+ )?(?:spam|harassment)\b"
    r"|\b(?:basta|cease) (?:co[nm] )?(?:que|una?|uno|uma?|el|la|mandar|enviar|escribir|escrever)\b"
    rf"|\b(?:no|nao|dont) (?:only|just|solo|so|somente|apenas|solamente)\b|\b(?:quiero|quero"
    rf"|want to|queria|deseo|prefiero|like to|pretend\w+|tenciono|intend to|gusta|gosto de"
    rf"|curto) (?:\w+ )?(?:(?:{WRITING})(?:l[oae]s?|te)?|{SENDING}|{ENGLISH_WRITE}|send)\b|\b(?:my"
    rf"|mis?|meus?|minhas?|our|nuestr[oa]s?|noss[oa]s?|his|her) (?!amor|rein|corazon|lind|querid"
    rf"|love|dear|preci|herm[oa]s[oa])(?:{VOCATIVE})\b"
    r"|\b(?:te|se) (?:molest|incomod)|\b(?:no|nao) (?:es|e|eh|digo) que (?:no|nao)\b|\bse me\b"
    r"|(?<!como )\bdej[eo] de recib|\bbasta con (?:una?|lo)\b|\bni un|\bnem uma?\b|\b(?:al|el|la|no"
    r"|ao|o|con|com) (?:otr|outr)[oa]\b|\b(?:basta|cease) (?:co[nm] )?(?:d[oi]s|dois|duas|tres"
    r"|cuatro|quatro)\b|\b(?:once|one|una?|uma?|\d) (?:is |es |e )?(?:enough|basta|cease"
    r"|suficiente)\b|\b(?:mand|envi|escri|escre|send|writ|text)\w* (?:me )?(?:por|en|em|on|in|no"
    r"|via|by|al|pelo|to) (?:(?:el|the|o) )?(?:sms|grupo|group)\b|\b(?:prefiero|prefiro"
    r"|prefer) (?:sin|sem)\b|\b(?:de|of) (?:hombre|mujer)\b|\b(?:that|this|es[ea]|ess[ae]|el"
    r"|a) (?:last|ultim[oa])\b(?! (?:vez|time))|\bask(?:ing)? (?:me|us) (?:for|to|about)\b"
    r"|\b(?:pas\w+|give|giving) (?:mis?|meus?|my) (?:num|da[td]|contac?t|tel|cel|info)|\b(?:to|on"
    r"|at|the) (?:the )?(?:other|last|new)\b"
)
#: A fault may be, too.
_REPORTED = re.compile(r"(?:ya |ja |already )?(?:lo )?report(?:ad[oa]s?|ed)")
#: Among contacts, not to a bill.
_ADD_ME = re.compile(r"\badd\b")
_NEED_NONE = re.compile(r"\bno (?:me|nos) hacen? falta\b")
#: `Never contacted me` tells, `not to be contacted` asks.
_BEEN = re.compile(rf"\b(?:be|being|get|{WANT})\b")
#: Of what they do not like, no more than the sending can be left out.
_TASTE = re.compile(r"\b(?:gusta|gosto|curto|afim)\b")
#: What they call our writing.
_ABUSE = re.compile(
    r"(?:this|these|esto|estos|isso|isto|eso|it) (?:is|are|es|son|e|ya es|ja e) (?:\w+ )?(?:spam"
    r"|harassment|acoso|assedio|hostigamiento|abuse|abuso)"
)
_GREETING = re.compile(r"\b(?:buen[oa]s?|boa|bom|good) (?:tardes?|noches?|dias?|noite|morning)\b")
_RECEIVING = re.compile(r"\b(?:receiving|getting|recibiendo|recebendo)\b")
_RECEIVE_THEM = re.compile(r"\brecebe l[oa]s\b")
_I = re.compile(r"\bi\b")
_ASKED = re.compile(rf"\b(?:{MAY}|{WANT}|how|como|possible|posible|possivel|way|manera)\b")
_WANTED = re.compile(rf"\b{WANT}\b")
_ASKS_FOR_NONE = re.compile(
    rf"\b(?:mas|mais|more|further|please|favor|wants?|quiere|quer|queremos|dispenso|rechazo|recuso"
    rf"|refuse|decline|niego|renuncio|proibid[oa]|prohibid[oa]|forbid|spam|publicidade?"
    rf"|propaganda|marketing|{WANT})\b"
)
_WISH = re.compile(r"\b(?:quier|quisier|dese|quer|want|need|like|wish|necesit|precis)\w*\b")
_NOTHING_OF_OURS = re.compile(
    r"\b(?:nada|nothing|anything)\b.* (?:de|com|con|from|with) (?:ustedes|voces|you"
    r"|(?:su|esa|essa) empresa)"
)
_SAID = re.compile(r"\b(?:dije|dijimos|falei|disse|said|told)\b(?! (?:nada|nothing))")
_WRITES_TO_ME = re.compile(
    r"\b(?:sus|tus|su|tu|seus|suas|vossas|ess[ae]s?|dess[ae]s?|est[eo]s|tant[oa]s?|these|your|me)\b"
)
#: Whose end is meant: ours, not that of the one who writes.
_OURS = re.compile(r"\b(?:you|u|this|it|these|that|them|que|ustedes|voces)\b")
_NEEDLESS = re.compile(
    r"\bno need to|(?:not|isnt) necessary to|^nada de\b|\b(?:no (?:hace falta|es necesario)"
    r"|nao (?:precisam?|e (?:preciso|necessario)|ha necessidade de))\b"
)
#: Nothing need be sent, this once; no more messages is another matter.
_OF_WRITING = re.compile(
    r"\b(?:mas|mais|again|any ?more|nada de|(?:mens[a]|mess|text|msg|contac|contat|publi|propag"
    r"|promo|spam|escri|escre|molest|incomod|seguir|continu|keep)\w*)\b"
)
_BE_REMOVED = re.compile(
    rf"\b(?:{WANT}|possible|posible|possivel|appreciate) (?:to be|being|ser|que me)"
    r" (?:removed|deleted|erased|taken off|\w+id[oa]|\w+ad[oa])\b"
)
_YOUR_LIST = re.compile(r"\b(?:your|ur|sus?|tus?|seus?|suas?|voss[ao]|vuestr[ao])\b")
_TAKES = re.compile(r"\b(?:take|get|pull|drop)\b")
#: Verbs in English, and names of what they block.
_NAMES = ("spam", "whatsapp", "contact")
_SEEKING_ME = re.compile(r"\b(?:me (?:busc|procur)ar|(?:buscar|procurar)(?:me| me))\b")
_CALLS = re.compile(r"\b(?:lig(?:ar|uem)|llam\w+|call\w*)\b")
#: Another time they may.
_FOR_NOW = re.compile(r"\b(?:ahorita|ahora|agora|now)$")
#: They did already.
_REMOVED = re.compile(
    r"(?<!if )\b(?!be|get|want|need)\w+ (?:removed|deleted|erased|unsubscribed) (?:me|my)\b"
)
_OFF = re.compile(r"\b(?:off|out|away|rid|from)\b")
_FROM_LIST = re.compile(r"\b(?:de|del|da|do|das|dos|from|off|of|dess[ae]|dest[ae]|out)\b")
#: `Don't bother` alone says that there is no need.
_MERE_BOTHER = re.compile(r"\bbother\b(?! (?:me|us|to)\b)")


def refuses(
    words: str, *, is_question: bool, about_me: bool = False, about_us: bool = True
) -> bool:
    """Only words of refusal, and together they end contact, take me off or shut us out.

    `about_me`: the rest of the message speaks of my number or data, so that `it` means them;
    `about_us`: it speaks of our writing or of nothing else, so that an end is an end of that.
    """
    if _ABUSE.fullmatch(words.strip()) and not is_question:
        return True
    if _NEEDLESS.search(words) and not _OF_WRITING.search(words):
        return False
    words = _RECEIVE_THEM.sub("receber", words)
    words = _CEASE_WITH.sub(
        "cease ", _NEED_NONE.sub("no necesito", _NEEDLESS.sub("never", _GREETING.sub(" ", words)))
    )
    parts = _all_parts(words)
    if not parts or _TWICE_NO.search(words) or _ELSE.search(words):
        return False
    if is_question and not _ASKED.search(words):
        return False
    seen = Counter(part for token in parts for part in token)
    if seen["no"]:
        return len(parts) > 1 and _forbids(seen, parts, words)
    return (
        (len(parts) > 1 and _ends(seen, words, about_us=about_us))
        or bool(seen["leave"] and (seen["me"] or seen["list"]))
        or _removes(seen, parts, words, about_me=about_me)
        or _shuts_out(seen, words)
    )


def _all_parts(words: str) -> list[frozenset[str]]:
    """The part of each word; nothing at all where one is unknown."""
    parts = []
    for token in words.split():
        if not (part := parts_of(token)):
            return []
        parts.append(part)
    return parts


def _forbids(seen: Counter[str], parts: list[frozenset[str]], words: str) -> bool:
    """A no, and a word for contact or the end of it."""
    if (
        seen["forget"]
        or _MERE_BOTHER.search(words)
        or (_I.search(words) and not _WANTED.search(words))
    ):
        return False
    contact = [token for token in parts if token & {"verb", "noun"}]
    if seen["want"] and seen["list"] and seen["stay"] and not seen["remove"]:
        return True
    if _RECEIVING.search(words) and not (_WANTED.search(words) or seen["again"]):
        return False
    if _NOTHING_OF_OURS.search(words) or (_SAID.search(words) and seen["want"]):
        return True
    if seen["add"] and seen["me"] and (seen["list"] or (seen["again"] and _ADD_ME.search(words))):
        return True
    if not contact:
        sought = seen["seek"] and (seen["me"] or (seen["mine"] and seen["data"]))
        return bool(seen["again"] and (seen["ask"] or sought))
    if seen["cease"]:
        return True
    if _FOR_NOW.search(words) and not seen["again"]:
        return False
    if all("past" in token for token in contact) and not _BEEN.search(words):
        return False
    plain_no = not {"dont", "never", "not"} & set(words.split())
    if all("noun" in token for token in contact) and _TASTE.search(words):
        return False
    if all("noun" in token for token in contact) and (plain_no or not seen["me"]):
        return _ASKS_FOR_NONE.search(words) is not None
    return not (plain_no and all("english" in token for token in contact))


def _ends(seen: Counter[str], words: str, *, about_us: bool) -> bool:
    """A word for an end, of contact or of all this."""
    if _I.search(words) and not (_WANTED.search(words) or seen["fed_up"]):
        return False
    if seen["cease"] and seen["verb"] + seen["noun"]:
        return True
    if seen["cease"] and seen["stay"] and seen["list"]:
        return True
    if seen["fed_up"] and seen["verb"] + seen["noun"] and _WRITES_TO_ME.search(words):
        return True
    if seen["delivery"] and not seen["noun"]:
        return False
    if seen["cease"] and _SEEKING_ME.search(words):
        return True
    if (seen["seek"] or _CALLS.search(words)) and not seen["verb"] + seen["noun"]:
        return False  # an end of calls
    mine = _WISH.search(words) and not _OURS.search(words)
    return bool(seen["halt"]) and about_us and not mine


def _removes(
    seen: Counter[str], parts: list[frozenset[str]], words: str, *, about_me: bool
) -> bool:
    """A word for taking away, and me, my data or our list."""
    if _I.search(words) and not _WANTED.search(words):
        return False
    if _REMOVED.search(words):
        return False
    if _TAKES.search(words) and not _OFF.search(words):
        return False
    if not seen["remove"] or seen["block"] or any(_is_message(part) for part in parts):
        return False
    if seen["list"] and _FROM_LIST.search(words) is None:
        return False
    if _BE_REMOVED.search(words):
        return True
    me = seen["remove_me"] or seen["me"] or _YOUR_LIST.search(words)
    if (seen["list"] and me) or (seen["data"] and seen["mine"]):
        return True
    return bool(seen["remove_me"] or about_me)


def _is_message(part: frozenset[str]) -> bool:
    """A word for contact that is none for what we hold of a person."""
    return bool(part & {"verb", "noun"}) and not part & {"data", "list"}


def _shuts_out(seen: Counter[str], words: str) -> bool:
    """They block or report us, and say nothing else."""
    if (
        not seen["block"]
        or seen["me"]
        or seen["my"]
        or seen["remove_me"]
        or seen["list"]
        or seen["verb"] > sum(words.count(name) for name in _NAMES)
    ):
        return False
    if _REPORTED.fullmatch(words.strip()):
        return False
    return not words.endswith(("block", "report")) or _I.search(words) is not None
