"""The demo from its first line to its last: everything is started, lived, told and compared."""

import sys
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from recovery.cli.demo import firm
from recovery.cli.demo.days import START, MovedClock
from recovery.cli.demo.ending import Ending
from recovery.cli.demo.life import Life
from recovery.cli.demo.manager import Manager
from recovery.cli.demo.rep import Rep
from recovery.cli.demo.story import Storyteller
from recovery.cli.demo.town import free_port, open_town
from recovery.cli.demo.web import serving

_WIDTH = 110


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
    console = _console(wishes)
    with ExitStack() as running:
        ending = _live(wishes, Storyteller(console), running)
        adds_up = ending.tell(console)
        if wishes.picture:
            console.save_svg(str(wishes.picture), title="recovery demo")
        if stay:
            ending.tell_where_to_look(console)
            with suppress(KeyboardInterrupt):
                threading.Event().wait()
    return adds_up


def _console(wishes: Wishes) -> Console:
    is_terminal = sys.stdout.isatty() or wishes.picture is not None
    return Console(
        record=wishes.picture is not None,
        force_terminal=is_terminal or None,
        width=None if sys.stdout.isatty() and not wishes.picture else _WIDTH,
    )


def _live(wishes: Wishes, story: Storyteller, running: ExitStack) -> Ending:
    clock, port = MovedClock(), wishes.port or free_port()
    home = firm.fresh_home(wishes.home)
    story.title(
        f"{firm.NAME}: {wishes.contacts:,} contacts in Keap, people from seed {wishes.seed}"
    )
    town = running.enter_context(open_town(contacts=wishes.contacts, seed=wishes.seed, start=START))
    web = f"http://127.0.0.1:{port}"
    recovery = firm.found(home, sandbox=town.url, web=web, clock=clock)
    running.enter_context(serving(recovery, port=port))
    town.send_webhooks_to(f"{web}/webhooks/twilio/inbound")
    recovery.template_service.push(lambda _state, _word: None)
    people = {"rep": Rep("luis@horizonte.example", recovery, town)}
    manager = Manager("marta@horizonte.example", recovery)
    life = Life(recovery, clock, town, rep=people["rep"], manager=manager)
    for day in life.live(wishes.weeks):
        story.day(day)
    return Ending(recovery, town, web)
