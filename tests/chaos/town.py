"""A firm with the shortest waits, whose processes start quickly: lives of cases are many."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

from recovery.adapters.files.policy_file import load_policy
from recovery.bootstrap import Recovery
from recovery.domain.policy import Policy
from tests.databases import Template
from tests.installation import Home, installed, policy_file

NOWHERE = "http://127.0.0.1:9"
RULES = """
hold_days = 1
goals = { integration = "recovery", recovered = "won", unrecovered = "lost", stopped = "stop" }
[delete]
max_share = 1.0
never_called = true
first_batch = 2
[approval]
second_factor = false
"""
_READ_ONCE = ("policy", "templates", "countries")


class Town(Home):
    """An installation whose processes start quickly."""

    read: ClassVar[dict[str, Any]] = {}
    #: The firm's own policy, once it is another one than all towns begin with.
    policy: Policy | None = None

    def ruled_by(self, rules: str) -> None:
        """From the next process on the firm's policy says this too."""
        self.policy = load_policy(policy_file(self.settings.home, rules + RULES))
        self.restart()

    def another(self) -> Recovery:
        """One more process, which reads no files that all towns have, and hashes no passwords."""
        made = super().another()
        vars(made).update(self.read)
        self.read.update({name: getattr(made, name) for name in _READ_ONCE})
        if self.policy:
            vars(made).update(policy=self.policy)
        made.passwords = SimpleNamespace(hash=str)  # type: ignore[assignment]
        return made


@contextmanager
def a_town(folder: Path, template: Template) -> Iterator[Town]:
    """One of them, whose webhooks reach nobody."""
    policy = policy_file(folder, RULES)
    more = {"public_url": NOWHERE, "policy": policy, "hang_s": 0.02}
    with installed(folder, template, kind=Town, **more) as town:
        assert isinstance(town, Town)
        yield town
