"""What the demo shows when its weeks are over: the funnel, two lives, and the comparison."""

import io
from contextlib import redirect_stdout

from rich.console import Console
from rich.table import Table

from recovery.adapters.db.queries.account import our_account
from recovery.adapters.db.queries.explain import dossier
from recovery.adapters.db.queries.report import FunnelRow, report
from recovery.bootstrap import Recovery
from recovery.cli.demo.adding_up import Line, add_up
from recovery.cli.demo.town import Town
from recovery.cli.explain import print_dossier

_COLUMNS = (
    ("cases", "opened"),
    ("written to", "messaged"),
    ("delivered", "delivered"),
    ("answered", "replied"),
    ("called", "called"),
    ("recovered", "recovered"),
    ("healed", "healed"),
    ("in talks", "engaged"),
    ("in hold", "hold"),
    ("given up", "unrecovered"),
    ("deleted", "deleted"),
)


class Ending:
    """Told once, when time stands still."""

    def __init__(self, recovery: Recovery, town: Town, web: str) -> None:
        self._recovery = recovery
        self._town = town
        self._web = web

    def tell(self, console: Console) -> bool:
        """Whether the two accounts agree."""
        now = self._recovery.clock()
        rows = report(self._recovery.database, now=now).funnel
        console.print(funnel_table([row for row in rows if row.opened]))
        for title, contact_id in self._lives().items():
            self._explain(console, title, contact_id)
        lines = add_up(our_account(self._recovery.database), self._town.ledger())
        console.print(_account_table(lines))
        return all(line.adds_up for line in lines)

    def tell_where_to_look(self, console: Console) -> None:
        """Addresses and files, until Ctrl-C."""

    def _lives(self) -> dict[str, str]:
        return {}

    def _explain(self, console: Console, title: str, contact_id: str) -> None:
        text = io.StringIO()
        with redirect_stdout(text):
            print_dossier(dossier(self._recovery.database, contact_id), self._recovery)
        console.print(f"\n{title}", style="bold", highlight=False)
        console.print(text.getvalue().rstrip(), highlight=False, markup=False, soft_wrap=True)


def funnel_table(rows: list[FunnelRow]) -> Table:
    """One line a status, and their sum."""
    table = Table(title="\nWhat became of them, by the status their case was opened for")
    table.add_column("status")
    for head, _ in _COLUMNS:
        table.add_column(head, justify="right")
    for row in rows:
        figures = [getattr(row, name) for _, name in _COLUMNS]
        label = f"{row.status.number} {row.status.label()}"
        table.add_row(label, *(f"{n:,}" if n else "·" for n in figures))
    table.add_section()
    sums = [sum(getattr(row, name) for row in rows) for _, name in _COLUMNS]
    table.add_row("all", *(f"{n:,}" for n in sums), style="bold")
    return table


def _account_table(lines: list[Line]) -> Table:
    table = Table(title="\nOur numbers beside those of the sandbox, compared one by one")
    for head in ("", "ours", "sandbox's", ""):
        table.add_column(head, justify="right" if head else "left")
    for line in lines:
        verdict = "same" if line.adds_up else f"{len(line.differing)} differ"
        table.add_row(line.what, f"{line.ours:,}", f"{line.theirs:,}", verdict)
    return table
