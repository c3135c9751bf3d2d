"""A note of ours in Keap, told anew: what people made of its title and text meanwhile stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Note:
    """What stands in a note, or shall; `is_untouched` where Keap shows that nobody changed it."""

    title: str
    text: str
    is_untouched: bool = False


@dataclass(frozen=True, slots=True)
class Wrote:
    """Enough to know again what we wrote; its last `theirs` characters were other people's."""

    title: str
    text: str
    theirs: int = 0

    @classmethod
    def of(cls, note: Note, *, theirs: int = 0) -> "Wrote":
        """What is remembered of a note that we write."""
        return cls(_digest(note.title), _digest(note.text), theirs)


def retold(stood: Note, story: Note, ours: Sequence[Wrote]) -> tuple[Note, Wrote]:
    """What shall stand there now, and what to remember of it.

    A title that people changed stays, and what stood in a text that they changed stays below.
    """
    kept = _theirs(stood, story, ours)
    is_ours = stood.is_untouched or _digest(stood.title) in {one.title for one in ours}
    title = story.title if is_ours else stood.title
    note = Note(title, f"{_plain(story.text)}\n\n{kept}" if kept else story.text)
    # Their title does not become ours by being left there.
    return note, Wrote.of(Note(story.title, note.text), theirs=len(kept))


def _theirs(stood: Note, story: Note, ours: Sequence[Wrote]) -> str:
    """The part of a text that nobody but other people can tell."""
    text = _plain(stood.text)
    if stood.is_untouched or text == _plain(story.text):
        return ""
    known = next((one for one in ours if one.text == _digest(text)), None)
    return text if known is None else text[len(text) - known.theirs :]


def _digest(text: str) -> str:
    return sha256(_plain(text).encode()).hexdigest()


def _plain(text: str) -> str:
    """Servers have their own mind about the ends of lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
