"""Commands that are imported when they are used, so that `recovery --help` answers at once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from recovery.cli.errors import explained


@dataclass(frozen=True)
class Later:
    """A command by the place of its code: `module:function`, or `module:app` for a group."""

    name: str
    place: str
    summary: str

    @cached_property
    def command(self) -> Any:
        """The command itself; imports its module."""
        module, _, name = self.place.partition(":")
        found = getattr(import_module(module), name)
        built = get_command(found if isinstance(found, typer.Typer) else _alone(self.name, found))
        built.name = self.name
        return built


def _alone(name: str, function: Callable[..., Any]) -> typer.Typer:
    app = new_app()
    settings = {"ignore_unknown_options": True} if hasattr(function, "takes_any_text") else None
    epilog = getattr(function, "example", None)
    app.command(name, epilog=epilog, context_settings=settings)(function)
    return app


def new_app(**options: Any) -> typer.Typer:
    """A Typer as all of ours are: plain help, no completion options, no pictures of tracebacks."""
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        **options,
    )


def example(*lines: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Puts examples at the end of a command's help."""

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        function.example = examples(*lines)  # type: ignore[attr-defined]
        return function

    return mark


def takes_any_text(function: Callable[..., Any]) -> Callable[..., Any]:
    """Marks a command whose argument may begin with a hyphen."""
    function.takes_any_text = True  # type: ignore[attr-defined]
    return function


def examples(*lines: str) -> str:
    """The end of a help text; `\\b` keeps typer from filling the lines."""
    title = "Example:" if len(lines) == 1 else "Examples:"
    return "\b\n" + "\n".join([title, *(f"  {line}" for line in lines)])


class LazyGroup(TyperGroup):
    """The group of all commands; every error of theirs ends here, in `explained`."""

    later: dict[str, Later]

    def list_commands(self, _: Any) -> list[str]:
        return list(self.later)

    def get_command(self, _: Any, cmd_name: str) -> Any:
        found = self.later.get(cmd_name)
        with explained():
            return found.command if found else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        # Names are suggested from this table.
        self.commands = dict.fromkeys(self.later, typer.core.TyperCommand("later"))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(one.name, one.summary) for one in self.later.values()])

    def invoke(self, ctx: Any) -> Any:
        with explained():
            return super().invoke(ctx)
