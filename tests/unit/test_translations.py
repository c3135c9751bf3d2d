"""The documents in three languages say the same: shape, commands, settings and links agree."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from recovery.settings import names

ROOT = Path(__file__).parents[2]
DOCUMENTS = {
    "README.md": ("README.es.md", "README.pt-BR.md"),
    "docs/rep-guide.md": ("docs/rep-guide.es.md", "docs/rep-guide.pt-BR.md"),
}
PAIRS = [(one, other) for one, others in DOCUMENTS.items() for other in others]
ALL = [name for one, others in DOCUMENTS.items() for name in (one, *others)]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)#]*)(?:#([^)]*))?\)")


def _read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def _fences(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def _prose(text: str) -> str:
    return re.sub(r"^```.*?^```\n", "", text, flags=re.MULTILINE | re.DOTALL)


def _headings(text: str) -> list[str]:
    """Levels, with the number where a heading has one."""
    return re.findall(r"^(#+ (?:\d+\.)?)", _prose(text), re.MULTILINE)


def _commands(text: str) -> list[str]:
    """Lines of shell examples without their comments."""
    shell = [body for kind, body in _fences(text) if kind == "sh"]
    return [line.partition("#")[0].strip() for body in shell for line in body.splitlines()]


def _code(text: str) -> list[str]:
    """What stands in backticks, in any order: names, keys and commands stay as they are."""
    return sorted(re.findall(r"`([^`\n]+)`", _prose(text)))


def _rows(text: str) -> list[int]:
    """Cells of each table row."""
    return [line.count("|") for line in text.splitlines() if line.startswith("|")]


def _items(text: str) -> list[str]:
    """The marks of lists."""
    return re.findall(r"^(-|\d+\.) ", _prose(text), re.MULTILINE)


@pytest.mark.parametrize("of", [_headings, _commands, _rows, _items], ids=lambda of: of.__name__)
@pytest.mark.parametrize(("document", "translation"), PAIRS)
def test_a_translation_has_the_shape_and_the_commands_of_its_document(
    document: str, translation: str, of: Callable[[str], object]
) -> None:
    assert of(_read(translation)) == of(_read(document))


@pytest.mark.parametrize("translation", DOCUMENTS["README.md"])
def test_a_translated_readme_names_the_same_commands_and_settings(translation: str) -> None:
    assert _code(_read(translation)) == _code(_read("README.md"))
    assert set(re.findall(r"\bRECOVERY_[A-Z_]*[A-Z]\b", _read(translation))) == set(names())


@pytest.mark.parametrize("name", [*ALL, "docs/guide.md"])
def test_every_link_of_a_document_leads_somewhere(name: str) -> None:
    lost = []
    for target, anchor in _LINK.findall(_read(name)):
        if target.startswith("http"):
            continue
        file = (ROOT / name).parent / target if target else ROOT / name
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            lost.append(f"{target}#{anchor}")
    assert lost == []


def _anchors(file: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", _prose(file.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_pictures_of_the_guides_are_small() -> None:
    pictures = list((ROOT / "docs" / "images").glob("*.png"))
    assert pictures
    assert [one.name for one in pictures if one.stat().st_size > 150_000] == []
