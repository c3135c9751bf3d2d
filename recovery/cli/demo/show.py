"""The demo from its first line to its last: everything is started, lived, told and compared."""

import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from recovery.bootstrap import Recovery
from recovery.cli.demo import firm
from recovery.cli.demo.days import START, MovedClock
from recovery.cli.demo.ending import Ending
from recovery.cli.demo.life import Life
from recovery.cli.demo.manager import Manager
from recovery.cli.demo.picture import Picture
from recovery.cli.demo.rep import Rep
from recovery.cli.demo.runs import directly, started
from recovery.cli.demo.shop import Shop
from recovery.cli.demo.stopwatch import Stopwatch
from recovery.cli.demo.story import Storyteller
from recovery.cli.demo.town import Town, free_port, open_town
from recovery.cli.demo.web import serving

_WIDTH = 116


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks for."""

    contacts: int
    seed: int
    port: int
    weeks: int
    home: Path
    with_prefect: bool
    picture: Path | None


def show(wishes: Wishes, *, stay: bool) -> bool:
    """Whether all numbers added up; stays up until Ctrl-C where asked to."""
    # Told to end by another program, the sandbox and Prefect end too, as with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    with ExitStack() as running:
        tellers = [Storyteller(console)]
        picture = Picture() if wishes.picture else None
        if picture:
            tellers.append(picture.storyteller)
        ending, shop = _live(wishes, tellers, running)
        adds_up = ending.tell(console)
        if picture and wishes.picture:
            ending.tell_in_short(picture.console)
            picture.save(wishes.picture)
        if stay:
            shop.open(console)
            ending.tell_where_to_look(console)
            with suppress(KeyboardInterrupt):
                shop.stay(console)
    return adds_up


def _live(
    wishes: Wishes, tellers: Sequence[Storyteller], running: ExitStack
) -> tuple[Ending, Shop]:
    home, watch = firm.fresh_home(wishes.home), Stopwatch()
    for story in tellers:
        story.title(f"{firm.NAME}: {wishes.contacts:,} contacts in Keap, seed {wishes.seed}")
    # The slowest to start goes first; it is waited for when everything else is ready.
    prefect = running.enter_context(started(home)) if wishes.with_prefect else None
    with watch.on("sandbox, web and templates"):
        recovery, clock, town = _settle(wishes, home, running)
    with watch.on("waiting for Prefect"):
        runs = prefect.joined(recovery) if prefect else nullcontext(directly(recovery))
        whole_job = running.enter_context(runs)
    life = Life(
        recovery,
        clock,
        town,
        rep=Rep("luis@horizonte.example", recovery, town),
        manager=Manager("marta@horizonte.example", recovery),
        whole_job=whole_job,
        watch=watch,
    )
    for day in life.live(wishes.weeks):
        for story in tellers:
            story.day(day)
    return Ending(recovery, town, prefect, watch), Shop(recovery, life)


def _settle(wishes: Wishes, home: Path, running: ExitStack) -> tuple[Recovery, MovedClock, Town]:
    """The sandbox, the firm's installation and its web app, which know of each other."""
    clock, port = MovedClock(), wishes.port or free_port()
    town = running.enter_context(open_town(contacts=wishes.contacts, seed=wishes.seed, start=START))
    recovery = firm.found(home, sandbox=town.url, web=f"http://127.0.0.1:{port}", clock=clock)
    running.enter_context(serving(recovery, port=port))
    town.send_webhooks_to(f"{recovery.settings.public_url}/webhooks/twilio/inbound")
    recovery.template_service.push(lambda _state, _word: None)
    return recovery, clock, town
