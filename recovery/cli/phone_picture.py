"""A message as a phone shows it: a bubble as wide as a screen, its buttons below the words."""

from collections.abc import Iterator, Sequence

#: About what a phone shows in one line.
_WIDTH = 46


def on_the_phone(text: str, buttons: Sequence[str]) -> Iterator[str]:
    """Lines of the bubble."""
    from rich.box import ROUNDED
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    bubble = Table(box=ROUNDED, show_header=False, show_lines=True, width=_WIDTH)
    bubble.add_column(ratio=1)
    bubble.add_row(Text(text))
    for button in buttons:
        bubble.add_row(Text(button, justify="center"))
    console = Console(width=_WIDTH, color_system=None)
    with console.capture() as shown:
        console.print(bubble)
    yield from shown.get().rstrip("\n").split("\n")
