"""`python -m recovery.web.extract` brings the catalogues up to date with the words in use.

New words get an empty translation, which a test then asks for; words out of use are dropped.
"""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from recovery.web.pages.words import CATALOGUES, FOLDER

_RECOVERY = Path(__file__).parents[1]
#: Functions whose first argument is shown to somebody, beside gettext's own.
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "words": None,
    "say": None,
    "say_many": (1, 2),
    "tell": None,
    "Refusal": None,
}
_REFUSALS = {"Refusal": None}
_METHODS = [("**.py", "python"), ("**.html", "jinja2")]
_OPTIONS: Mapping[str, dict[str, str]] = {"**.html": {"trimmed": "true", "silent": "false"}}
#: The pages, and where Refusals are raised that pages show.
_PLACES = ("web", "services")


def in_use() -> Catalog:
    """All words that screens may show."""
    catalogue = Catalog(charset="utf-8")
    for place in _PLACES:
        keywords = _KEYWORDS if place == "web" else _REFUSALS
        found = extract_from_dir(_RECOVERY / place, _METHODS, _OPTIONS, keywords)
        for name, line, message, _comments, context in found:
            if not _is_piece(message):
                catalogue.add(message, locations=[(f"{place}/{name}", line)], context=context)
    return catalogue


def _is_piece(message: str | tuple[str, ...]) -> bool:
    """Babel takes the plain rest of an f-string, which nobody can look up."""
    return isinstance(message, str) and message != message.strip()


def path_of(language: str) -> Path:
    """A language's catalogue."""
    return FOLDER / CATALOGUES[language] / "LC_MESSAGES" / "recovery.po"


def update(language: str) -> int:
    """Rewrites one catalogue; counts what still has no translation."""
    path = path_of(language)
    with path.open("rb") as file:
        known = read_po(file, locale=CATALOGUES[language])
    known.update(in_use(), no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()
    text = BytesIO()
    write_po(text, known, no_location=True, omit_header=True, sort_output=True, width=100)
    path.write_bytes(text.getvalue())
    return sum(not all(_forms(message.string)) for message in known if message.id)


def _forms(string: object) -> tuple[object, ...]:
    return string if isinstance(string, tuple) else (string,)


if __name__ == "__main__":
    for one in CATALOGUES:
        print(f"{path_of(one)}: {update(one)} to be translated")  # noqa: T201
