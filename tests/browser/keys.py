"""Keys as people press them: once the page listens."""

from typing import Any


def press(page: Any, key: str) -> None:
    """One key, or several at once (`Control+Enter`)."""
    page.wait_for_selector("html[data-ready]", state="attached")
    page.keyboard.press(key)
