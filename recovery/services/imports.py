"""Files from outside: whom not to contact, and who agreed to be contacted.

A file may hold millions of lines and may be imported again: lines that are known change nothing,
what cannot be read is told with its line and left out, and only numbers' keyed hashes stay.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from recovery.domain.country import Countries
from recovery.domain.imported import Agreed, Fields, Listed, WrongLine, agreed, listed
from recovery.errors import ConfigurationError
from recovery.services.ports import Clock

#: Lines of one transaction, and how many wrong ones are told one by one.
PAGE, TOLD = 500, 1000

Entry = TypeVar("Entry", Listed, Agreed)
Line = tuple[int, Fields]


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that was left out, and what to write instead."""

    line: int
    message: str


@dataclass(slots=True)
class Imported:
    """What an import did; `new` counts what was not on record before."""

    lines: int = 0
    new: int = 0
    known: int = 0
    expired: int = 0
    wrong: int = 0
    #: People of today's base whom a hashed line named.
    recognised: int = 0
    countries: Counter[str] = field(default_factory=Counter)
    #: Countries whose block list counts as looked at from now on.
    block_lists: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)

    def leave_out(self, line: int, message: str) -> None:
        """Counts a line that could not be used; the first thousand are told."""
        self.wrong += 1
        if len(self.problems) < TOLD:
            self.problems.append(Problem(line, message))


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What is remembered of a file: what it was, where from, and how much stood in it."""

    kind: str
    source: str
    #: Lines by country, and the countries whose block list it is.
    countries: Mapping[str, int]
    block_lists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BlockList:
    """A country at work whose law has block lists: which, how many open cases it is about, and
    whether one was imported lately."""

    country: str
    names: tuple[str, ...]
    cases: int
    is_fresh: bool


def block_lists_of(
    at_work: Mapping[str, int], countries: Countries, imported: Collection[str]
) -> list[BlockList]:
    """The block lists that today's open cases, counted by country, have to be asked against."""
    rules = {country: countries.get(country) for country in sorted(at_work)}
    return [
        BlockList(country, one.block_lists, at_work[country], country in imported)
        for country, one in rules.items()
        if one and one.block_lists
    ]


class ImportStore(Protocol):
    """Where lists are kept; each method is one transaction."""

    def suppress(self, entries: Sequence[Listed], now: datetime) -> int:
        """From this commit on nothing is started for these; counts those not on record before."""

    def recognise(self, now: datetime) -> int:
        """Suppresses everybody whom a hashed line names; counts their numbers."""

    def agree(self, entries: Sequence[Agreed], now: datetime) -> list[int | str]:
        """For each the agreements that are new, or why it proves nothing."""

    def remember(self, facts: ListFacts, now: datetime) -> None:
        """Notes the file, with its audit row."""


class Imports:
    """The use case behind `recovery import`."""

    def __init__(self, store: ImportStore, *, default_region: str, clock: Clock) -> None:
        self._store = store
        self._region = default_region or None
        self._clock = clock

    def do_not_contact(
        self,
        lines: Iterable[Line],
        *,
        defaults: Fields,
        is_block_list: bool,
        done: Imported | None = None,
    ) -> Imported:
        """Suppresses whom the lines name, by number or hash, until they expire.

        A block list counts as looked at only for countries that the lines or `defaults` name, and
        where every line of it could be read.
        """
        done = done or Imported()
        today, hashed = self._clock().date(), False
        read = _reader(lambda fields: listed(fields, region=self._region), defaults, done)
        for page in _pages(read(lines)):
            standing = [one for _, one in page if not one.is_over(today)]
            done.expired += len(page) - len(standing)
            new = self._store.suppress(standing, self._clock())
            done.new += new
            done.known += max(0, _grounds(standing) - new)
            done.countries.update(one.country for _, one in page if one.country)
            hashed = hashed or any(one.digest for one in standing)
        if hashed:
            done.recognised = self._store.recognise(self._clock())
        if country := defaults.get("country"):
            done.countries[country] += 0
        if is_block_list and not done.wrong:
            done.block_lists = tuple(sorted(done.countries))
        self._remember("do_not_contact", defaults, done)
        return done

    def consent(
        self, lines: Iterable[Line], *, defaults: Fields, done: Imported | None = None
    ) -> Imported:
        """Keeps who agreed to which channel, when, with source and words."""
        done = done or Imported()
        today = self._clock().date()
        make = lambda fields: agreed(fields, region=self._region, today=today)  # noqa: E731
        read = _reader(make, defaults, done)
        for page in _pages(read(lines)):
            told = self._store.agree([one for _, one in page], self._clock())
            for (line, _), word in zip(page, told, strict=True):
                if isinstance(word, str):
                    done.leave_out(line, word)
                else:
                    done.new += word
                    done.known += word == 0
        self._remember("consent", defaults, done)
        return done

    def _remember(self, kind: str, defaults: Fields, done: Imported) -> None:
        source = defaults.get("source", "")
        facts = ListFacts(kind, source, dict(done.countries), done.block_lists)
        self._store.remember(facts, self._clock())


def _reader(
    make: Callable[[Fields], Entry], defaults: Fields, done: Imported
) -> Callable[[Iterable[Line]], Iterator[tuple[int, Entry]]]:
    """Reads lines, counts them, and leaves out what cannot be read."""

    def read(lines: Iterable[Line]) -> Iterator[tuple[int, Entry]]:
        for number, fields in lines:
            done.lines += 1
            filled = {**defaults, **{name: text for name, text in fields.items() if text}}
            try:
                yield number, make(filled)
            except WrongLine as error:
                done.leave_out(number, str(error))

    return read


def _pages(entries: Iterable[tuple[int, Entry]]) -> Iterator[list[tuple[int, Entry]]]:
    """Where the file breaks off, what came before is a page as well; then it is raised."""
    page: list[tuple[int, Entry]] = []
    broken: ConfigurationError | None = None
    try:
        for entry in entries:
            page.append(entry)
            if len(page) == PAGE:
                yield page
                page = []
    except ConfigurationError as error:
        broken = error
    if page:
        yield page
    if broken:
        raise broken


def _grounds(entries: Sequence[Listed]) -> int:
    """How many numbers the lines name, each once a channel and source."""
    named = {
        (key, one.channel, one.source)
        for one in entries
        for key in ([one.digest] if one.digest else [phone.key for phone in one.phones])
    }
    return len(named)
