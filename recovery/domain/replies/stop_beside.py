"""A refusal beside an address: of the mailbox it replaces, or of some of what is to go there."""

import re
from dataclasses import replace

from recovery.domain.replies.text import ADDRESS, Reply, Sentence

_WRITE = (
    r"(?:(?:mand|envi|escrib|escrev|respond|contest|us|utili[cz]|send|writ|email|mail|reply)"
    r"(?!ted)\w*)"
)
_NO = (
    r"(?:(?:ya|ja|y|e|and|so|entao|pero|mas|but|please|por favor|porfa|que) )*"
    rf"(?:(?:no|nao|dont|do not|nunca|never|ni|nem) (?:(?:me|nos|les?|lhes?|vuelvan a|mas|mais|ya)"
    rf" )*|(?:stop|dejen|deje|paren|parem|pare|deixem)(?: de| (?=\w+ing))? ){_WRITE}"
)
_WHAT = (
    r"(?:me|mas|mais|nada|anything|coisas?|cosas?|any|more|anymore|nenhum\w*|ningun\w*|mensaj\w+"
    r"|mensagem|mensagens|messages?|e?mails?|correos?|stuff|things?|else|por favor|please)"
)
_OLD = r"(?:viej[oa]|antigu?[oa]|velh[oa]|anterior|old|hacked|hackeado|invadido)"
_BOX = r"(?:correo|e?mail|mail|address|one|cuenta|conta|direccion|endereco)"
#: The mailbox that goes: `there`, `to that one`, `al viejo`.
_GONE = (
    rf"(?:ahi|alli|alla|la|ai|there|it|nel[ea]|(?:n?aquel[ea]?|aquell[ao]|n?es[st]?[ea]|este|that)"
    rf"(?: {_BOX})?(?: {_OLD})?|(?:(?:el|al|ao|o|the|pro|no|my|mi|meu) )*"
    rf"(?:{_OLD}(?: {_BOX})?|{_BOX} {_OLD}))"
)
_POINTED = re.compile(
    rf"(?:^|(?<=, )|(?<= que )|(?<= e )|(?<= y )){_NO}(?: {_WHAT})*(?: (?:a|al|ao|pr[oa]|para|en|em"
    rf"|n[oa]|to|on|at|with|con|com))* {_GONE}(?: (?:{_WHAT}|nao|viu|ta|eh))*(?= ,|$)"
)
_BUT = re.compile(rf"\b{ADDRESS}(?: ,)?(?: {ADDRESS})? (?:pero|mas|but|so que) ")


def without_gone_mailbox(reply: Reply) -> Reply:
    """Beside an address `don't send anything there` is of the mailbox that went."""
    if ADDRESS not in reply.words:
        return reply
    left = tuple(
        Sentence(_POINTED.sub("", sentence.words).strip(" ,"), sentence.is_question)
        for sentence in reply.sentences
    )
    return replace(reply, sentences=tuple(sentence for sentence in left if sentence.words))


def keeps_some(reply: Reply) -> bool:
    """`Ana@…, but no advertising please`: something remains welcome, and a person asks what."""
    return _BUT.search(" ".join(sentence.words for sentence in reply.sentences)) is not None
