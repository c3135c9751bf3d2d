"""What the demo shows when its weeks are over: the funnel, two lives, and the comparison."""

import io
from contextlib import redirect_stdout

from rich.console import Console

from recovery.adapters.db.queries.account import our_account
from recovery.adapters.db.queries.explain import dossier
from recovery.adapters.db.queries.kept import who_stays
from recovery.adapters.db.queries.lives import richest_life
from recovery.adapters.db.queries.report import FunnelRow, report
from recovery.bootstrap import Recovery
from recovery.cli.demo import firm
from recovery.cli.demo.adding_up import Line, add_up
from recovery.cli.demo.runs import PrefectSide
from recovery.cli.demo.stopwatch import Stopwatch
from recovery.cli.demo.town import Town
from recovery.cli.explain import print_dossier
from recovery.cli.tables import lines
from recovery.domain.case import CaseEnd
from recovery.domain.deletion import Spared

_COLUMNS = (
    ("cases", "opened"),
    ("sent", "messaged"),
    ("arrived", "delivered"),
    ("replied", "replied"),
    ("called", "called"),
    ("won back", "recovered"),
    ("lost again", "withdrawn"),
    ("in touch", "relationship"),
    ("healed", "healed"),
    ("talks", "engaged"),
    ("hold", "hold"),
    ("closed", "unrecovered"),
    ("deleted", "deleted"),
)


_UNDER_WAY = ("open", "")
#: Where every case is that is not under way any more.
_ENDS = (
    "recovered",
    "withdrawn",
    "relationship",
    "healed",
    "engaged",
    "hold",
    "unrecovered",
    "deleted",
)
_LIVES = {
    "One who came back: their whole history, as `recovery explain` tells it": CaseEnd.RECOVERED,
    "One who was let go: all that is still known of them": CaseEnd.DELETED,
}


class Ending:
    """Told once, when time stands still."""

    def __init__(
        self, recovery: Recovery, town: Town, prefect: PrefectSide | None, watch: Stopwatch
    ) -> None:
        self._recovery = recovery
        self._town = town
        self._prefect = prefect
        self._watch = watch

    def tell(self, console: Console) -> bool:
        """Whether the two accounts agree."""
        self._tell_funnel(console)
        self._tell_what_waits(console)
        for title, end in _LIVES.items():
            if contact_id := richest_life(self._recovery.database, end):
                self._explain(console, title, contact_id)
        account = self._account()
        _tell_account(console, account)
        console.print(f"\nTold in {self._watch}.", highlight=False, soft_wrap=True)
        return all(line.adds_up for line in account)

    def tell_in_short(self, console: Console) -> None:
        """The funnel and the comparison alone."""
        self._tell_funnel(console)
        _tell_account(console, self._account())

    def _tell_funnel(self, console: Console) -> None:
        rows = report(
            self._recovery.database,
            now=self._recovery.clock(),
            relationship_counts=self._recovery.policy.relationship_counts,
        ).funnel
        told = funnel_lines([row for row in rows if row.opened], width=console.width)
        _print_table(console, "What became of them, by the status their case was opened for", told)

    def _account(self) -> list[Line]:
        return add_up(our_account(self._recovery.database), self._town.ledger())

    def tell_where_to_look(self, console: Console) -> None:
        """Addresses and files, until Ctrl-C."""
        settings = self._recovery.settings
        newest = max(settings.archives.glob("*.xlsx"), default=None)
        places = {
            "Prefect's UI with all runs": self._prefect and f"{self._prefect.url}/runs",
            "numbers of the web app": f"{settings.public_url}/metrics",
            "the sandbox's own account": f"{self._town.url}/_sandbox/ledger",
            "the last workbook": newest,
            "all archives": settings.archives,
            "the database": settings.home / "recovery.db",
            "the policy": settings.policy,
        }
        console.print("\nLook around:", style="bold")
        for what, where in places.items():
            if where:
                console.print(f"  {what:<28}{where}", highlight=False, soft_wrap=True)
        environment = settings.home / "environment.sh"
        environment.write_text(firm.as_environment(self._recovery, sandbox=self._town.url))
        console.print(
            f"\nIn another terminal: [bold]. {environment}[/bold], then `recovery report`, "
            "`recovery explain CONTACT`, `recovery archive list`.\nCtrl-C ends it all.",
            highlight=False,
            soft_wrap=True,
        )

    def _tell_what_waits(self, console: Console) -> None:
        never = who_stays(self._recovery.database).get(Spared.NEVER_REACHED, 0)
        talks = "talks: people whom somebody of the team has to answer"
        lost = "lost again: won back, until the new address bounced within 30 days"
        hold = "hold: days in which an answer still counts, and those who may not be deleted"
        console.print(f"\n{lost}\n{talks}\n{hold}", style="dim", highlight=False)
        if never:
            console.print(
                f"{never} contacts stay in Keap unarchived: nobody ever reached them, and the "
                "policy says delete.never_called = false",
                style="dim",
                highlight=False,
                soft_wrap=True,
            )

    def _explain(self, console: Console, title: str, contact_id: str) -> None:
        text = io.StringIO()
        with redirect_stdout(text):
            print_dossier(dossier(self._recovery.database, contact_id), self._recovery)
        console.print(f"\n{title}", style="bold", highlight=False)
        console.print(text.getvalue().rstrip(), highlight=False, markup=False, soft_wrap=True)


def funnel_lines(rows: list[FunnelRow], *, width: int) -> list[str]:
    """One line a status, and their sum."""
    head = ("status", *(name for name, _ in (*_COLUMNS, _UNDER_WAY)))
    table: list[tuple[str, ...]] = [
        (f"{row.status.number:>2} {row.status.label()}", *map(_figure, _figures(row)))
        for row in rows
    ]
    sums = map(sum, zip(*map(_figures, rows), strict=True))
    table.append(("all", *(f"{n:,}" for n in sums)))
    return list(lines(head, table, width=width))


def _figure(number: int) -> str:
    return f"{number:,}" if number else "·"


def _figures(row: FunnelRow) -> list[int]:
    """With those still under way, so that the ends add up to the cases."""
    under_way = row.opened - sum(getattr(row, name) for name in _ENDS)
    return [*(getattr(row, name) for _, name in _COLUMNS), under_way]


def _tell_account(console: Console, account: list[Line]) -> None:
    told = _account_lines(account, width=console.width)
    _print_table(console, "Our numbers beside the sandbox's", told)


def _print_table(console: Console, title: str, table: list[str]) -> None:
    console.print(f"\n{title}", style="bold", highlight=False)
    for line in table:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _account_lines(account: list[Line], *, width: int) -> list[str]:
    rows = (
        (
            line.what,
            line.ours,
            line.theirs,
            "the same ones" if line.adds_up else f"{len(line.differing)} differ",
        )
        for line in account
    )
    return list(lines(("", "ours", "sandbox's", ""), rows, width=width))
