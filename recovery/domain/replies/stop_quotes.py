"""What a reply only quotes: the words of a button, of our own message, of whatever was read."""

import re

from recovery.domain.replies.text import Reply, Sentence, fold, read

_QUOTED = re.compile(r"[\"“”«‘]\s*([^\"“”«»’]{2,60}?)\s*[\"“”»’]")
_CONTROL = r"(?:boton(?:es)?|botao|botoes|buttons?|opcion(?:es)?|opcao|opcoes|options?)"
_SAYS = r"(?:says?|said|dice|dicen|decia|diz|dizia|dizendo|escrito|pone|reads?|aparece)"
#: More is said than the quotation, and it is not their own: `les dije "no me escriban"`.
_SAID_BESIDE = re.compile(
    r"^(?!.*\b(?:dije|dijimos|disse|falei|i said|told|repito|digo|pedi|respondi|escribi|escrevi)\b)"
    r".*\w+ \w+ \w+"
)
_MENTIONED = re.compile(
    rf"\b{_CONTROL}(?! (?:no|nao|doesnt|dont|isnt|didnt|to|para|pra)\b(?! (?:me|quero|quiero|write"
    rf"|contact|text|message|want)\b))(?: \w+){{1,12}}"
    rf"|\b{_SAYS}(?: (?:que|to|that|pra|para|de))* (?:reply|respond\w*|answer|text|send|escrib\w+"
    rf"|mand\w+|envi\w+|digit\w+|aprete|aperte|toque|press|click|tap)\b(?: \w+){{1,12}}"
)
_WHICH = re.compile(
    rf"\b(?:cual|qual|which)\b.*\b(?:{_CONTROL}|press|aprieto|aperto)\b|\b{_CONTROL}\b.*\b(?:cual"
    rf"|qual|which)\b"
)
_I_DID = (
    r"(?:i (?:\w+ )?(?:hit|press|click|tapp?|touch|typ|wrote|sent|replied|chose|select|put)(?:ed)?"
    r"|aprete|toque|puse|pulse|di|marque|escribi|respondi|mande|elegi|apertei|cliquei|escrevi"
    r"|mandei|digitei|toquei|marquei)"
)
#: `I pressed it by mistake`: whatever it says there.
_UNMEANT = re.compile(
    rf"(?=[^,]*\b{_I_DID}\b)[^,]*\b(?:accidentally|by (?:accident|mistake)|s[ie][mn] querer"
    r"|por (?:error|engano|equivocacion))\b[^,]*"
)


def without_quotes(reply: Reply) -> Reply:
    """The message without the words it only repeats from somewhere."""
    unquoted = _QUOTED.sub(" ", reply.raw)
    if unquoted != reply.raw and _SAID_BESIDE.search(fold(unquoted)):
        reply = Reply(reply.raw, read(unquoted).sentences)
    return Reply(reply.raw, tuple(map(_without_mention, reply.sentences)))


def _without_mention(sentence: Sentence) -> Sentence:
    words = sentence.words
    if sentence.is_question and _WHICH.search(words):
        return Sentence("button", is_question=True)
    return Sentence(_MENTIONED.sub("button", _UNMEANT.sub("button", words)), sentence.is_question)
