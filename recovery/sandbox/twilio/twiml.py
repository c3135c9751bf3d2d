"""Call instructions in XML, read as Twilio's TwiML pages have them; unknown verbs are errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree


class UnreadableError(Exception):
    """Twilio's 12100: this document cannot be parsed or followed."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One element: what to do, how, and what is in it."""

    name: str
    how: Mapping[str, str]
    text: str
    within: tuple["Verb", ...]

    def seconds(self, name: str, default: int) -> int:
        """A number of seconds among the attributes."""
        value = self.how.get(name, "")
        return int(value) if value.isdecimal() else default


_NOUNS = {"Gather": {"Say", "Pause"}, "Dial": {"Number"}}
_VERBS = frozenset({"Say", "Pause", "Gather", "Dial", "Hangup", "Redirect", "Reject"})
#: What a person or a machine hears a second.
_LETTERS_A_SECOND = 15


def parse(document: str) -> tuple[Verb, ...]:
    """The verbs of a `<Response>`."""
    # XML with entities could name files or grow without end; TwiML has no use for them.
    if "<!" in document:
        msg = "a document type"
        raise UnreadableError(msg)
    try:
        root = ElementTree.fromstring(document)
    except ElementTree.ParseError as error:
        raise UnreadableError(str(error)) from error
    if root.tag != "Response":
        raise UnreadableError(root.tag)
    return tuple(_verb(element, _VERBS) for element in root)


def duration(verb: Verb) -> float:
    """How long a `<Say>` or `<Pause>` takes."""
    if verb.name == "Pause":
        return verb.seconds("length", 1)
    return len(verb.text) / _LETTERS_A_SECOND


def _verb(element: ElementTree.Element, known: frozenset[str]) -> Verb:
    if element.tag not in known:
        raise UnreadableError(element.tag)
    nouns = frozenset(_NOUNS.get(element.tag, ()))
    within = tuple(_verb(child, nouns) for child in element)
    return Verb(element.tag, dict(element.attrib), (element.text or "").strip(), within)
