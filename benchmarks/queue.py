"""`python -m benchmarks.queue`: is a rep's queue as quick at 20,000 open cases as at 1,000?

Two installations, a small and a large one, are asked in turn, so that both see the same machine.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path

from recovery.adapters.db.cases import CONTACT
from recovery.adapters.db.engine import Database
from recovery.adapters.db.queries.card import SqlCardReader
from recovery.adapters.db.schema import migrate
from recovery.adapters.db.sql import chunks
from recovery.adapters.files.countries import load_countries
from recovery.adapters.files.policy_file import load_policy
from recovery.adapters.jinja import load_templates, render
from recovery.domain.lane import Lane
from recovery.services.reps.card import Cards
from recovery.services.reps.queue import Queue
from recovery.services.reps.queue_store import Filters
from recovery.services.users.user import Role
from tests.queue_world import MADRID, MANAUS, MEXICO, NOON, Floor, a_floor
from tests.web_world import Browser, WebWorld

#: The 95th percentile of the large one in that of the small one, at most.
LIMIT = 1.5
REP = "ana@firm.example"
_TEMPLATES = Path(__file__).parent.parent / "templates" / "messages"
#: Open cases and contacts, small and large.
SIZES = ((1000, 5000), (20_000, 100_000))
TIMES = 200
#: What is judged begins so.
PAGE = "page: "
Asked = dict[str, Callable[[], object]]
Measured = dict[str, list[float]]


def fill(floor: Floor, cases: int, contacts: int) -> None:
    """Open cases in three zones, most of them due, among contacts without one."""
    floor.hire(REP)
    share = cases // 10
    values = [float(n % 97) for n in range(cases)]
    floor.people(share * 6, zone=MEXICO, values=values)
    floor.people(share, zone=MEXICO, due=timedelta(days=2))
    floor.people(share, zone=MADRID, values=values)
    floor.people(cases - share * 9, zone=MANAUS, values=values)
    floor.people(share, step="callback-202611241730", state="engaged")
    rows = [_contact(floor, n) for n in range(cases + 1, contacts + 1)]
    for some in chunks(rows, 5000):
        with floor.database.begin() as connection:
            connection.execute(CONTACT.insert(), list(some))
    floor.queue().refresh()


def _contact(floor: Floor, n: int) -> dict[str, object]:
    return {
        "id": f"x{n}",
        "status": "CONFIRMED",
        "status_since": floor.now,
        "primary_key": f"x{n}",
        "data": None,
        "seen_pull": 1,
    }


def questions(floor: Floor, queue: Queue) -> Asked:
    """What the pages of a rep ask the database for."""
    cards = Cards(
        SqlCardReader(floor.database, lambda: floor.now),
        policy=load_policy(),
        countries=load_countries(),
        templates=load_templates(_TEMPLATES),
        render=render,
        firm="Casa Prado",
        clock=lambda: floor.now,
    )
    first = queue.page(Lane.NOW)
    mine = Filters.of_rep(REP)
    return {
        "board": lambda: queue.board(mine),
        "first page": lambda: queue.page(Lane.NOW, mine),
        "second page": lambda: queue.page(Lane.NOW, mine, after=first.after),
        "page of later": lambda: queue.page(Lane.LATER, mine),
        "queue page": lambda: (queue.board(mine), queue.page(Lane.NOW, mine)),
        "next": lambda: queue.next(REP),
        "card": lambda: cards.card(first.waiters[7].case_id, rep_name="Ana"),
    }


def pages(world: WebWorld, case_id: int) -> Asked:
    """The same as whole pages, from a request of somebody signed in to the last byte of HTML."""
    browser = world.sign_in(world.person(Role.REP))
    found = {
        "page: queue": "/queue",
        "page: later": f"/queue?lane={Lane.LATER}",
        "page: card": f"/queue/{case_id}",
    }
    return {name: partial(_load, browser, path) for name, path in found.items()}


def _load(browser: Browser, path: str) -> None:
    page = browser.get(path)
    if page.status != 200:
        raise RuntimeError(f"{path} answered {page.status}")


def measure(sizes: Sequence[tuple[int, int]] = SIZES, times: int = TIMES) -> Measured:
    """The 95th percentile of each question in milliseconds, by size (cases, contacts)."""
    with ExitStack() as stack:
        asked: list[Asked] = []
        for cases, contacts in sizes:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = f"sqlite:///{folder / 'recovery.db'}"
            made = Database(url)
            migrate(made)
            made.dispose()
            floor = stack.enter_context(a_floor(url))
            fill(floor, cases, contacts)
            world = WebWorld(folder, url, now=NOON)
            stack.callback(world.close)
            first = floor.queue().page(Lane.NOW).waiters[7]
            asked.append(questions(floor, floor.queue()) | pages(world, first.case_id))
        return {name: _in_turn([one[name] for one in asked], times) for name in asked[0]}


def _in_turn(work: Sequence[Callable[[], object]], times: int) -> list[float]:
    taken: list[list[float]] = [[] for _ in work]
    for turn in range(times + 5):
        for place, do in enumerate(work):
            began = time.perf_counter()
            do()
            if turn >= 5:
                taken[place].append((time.perf_counter() - began) * 1000)
    return [statistics.quantiles(one, n=20)[-1] for one in taken]


def main() -> None:
    """Prints each question with its two percentiles and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue", description=__doc__)
    cases, contacts = zip(*SIZES, strict=True)
    parser.add_argument("--cases", type=int, nargs=2, default=cases)
    parser.add_argument("--contacts", type=int, nargs=2, default=contacts)
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(list(zip(given.cases, given.contacts, strict=True)), given.times)
    if given.json:
        print(json.dumps(found))
        return
    for name, (small, large) in found.items():
        ratio = large / small
        print(f"{name:14} {small:8.2f} ms {large:8.2f} ms  {ratio:5.2f}× {verdict(name, ratio)}")


def verdict(name: str, ratio: float) -> str:
    """Whether a page keeps the limit; single questions have none."""
    if not name.startswith(PAGE):
        return ""
    return "kept" if ratio <= LIMIT else "missed"


def section(found: Measured) -> Iterator[str]:
    """The part of docs/benchmarks.md."""
    (small, few), (large, many) = SIZES
    yield "## A rep's pages"
    yield ""
    yield (
        f"With {large:,} open cases among {many:,} contacts against {small:,} among {few:,}: the "
        "95th percentile, asked in turn in one process. A page is everything from the request of "
        f"somebody signed in to its HTML, and may take at most {LIMIT} times as long; the others "
        "are what pages ask the database."
    )
    yield ""
    yield "| asked | small, ms | large, ms | ratio | limit |"
    yield "|---|---|---|---|---|"
    for name, (one, other) in found.items():
        ratio = other / one
        yield f"| {name} | {one:.2f} | {other:.2f} | {ratio:.2f} | {verdict(name, ratio)} |"
    yield ""


if __name__ == "__main__":
    main()
