"""The picture of the demo in the README: rendered from a real run, with days left out."""

import io
import re
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from recovery.cli.demo.days import START
from recovery.cli.demo.life import Day
from recovery.cli.demo.story import Storyteller

_WIDTH = 120
#: The first week, and the days on which the first holds end; the others would make it too tall.
_SHOWN = frozenset({*range(5), *range(14, 18)})
#: Fonts from elsewhere would be fetched by whoever looks at the picture.
_FONTS = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)


class Picture:
    """A terminal nobody sees, and a story for it."""

    def __init__(self) -> None:
        self.console = Console(
            record=True, force_terminal=True, width=_WIDTH, file=io.StringIO(), color_system="256"
        )
        self.storyteller: Storyteller = _InShort(self.console)

    def save(self, path: Path) -> None:
        """Writes the SVG."""
        form = _FONTS.sub("", CONSOLE_SVG_FORMAT)
        self.console.save_svg(str(path), title="recovery demo", code_format=form)


class _InShort(Storyteller):
    def day(self, day: Day) -> None:
        number = (day.date - START.date()).days
        if number in _SHOWN:
            super().day(day)
        elif number - 1 in _SHOWN:
            self.say("…", style="dim")
