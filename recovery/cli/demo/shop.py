"""After the story: the web app stays open, with people to sign in as and a day that goes on."""

import sys
import threading
import time
from dataclasses import dataclass

import pyotp
from rich.console import Console

from recovery.bootstrap import Recovery, utc_now
from recovery.cli.demo.life import Life
from recovery.services.users.user import Profile, Role

_TEAM = (
    ("luis@horizonte.example", Role.REP, "Luis Ortega", "es"),
    ("marta@horizonte.example", Role.MANAGER, "Marta Ribeiro", "pt"),
    ("ada@horizonte.example", Role.ADMIN, "Ada Prado", "en"),
)
_LOOK_EVERY = 2.0


@dataclass(frozen=True, slots=True)
class Login:
    """How one of them signs in; reps need no code."""

    email: str
    role: Role
    password: str
    secret: str

    @property
    def code(self) -> str:
        """What their authenticator app shows at this moment."""
        return "" if self.role is Role.REP else pyotp.TOTP(self.secret).now()


class Shop:
    """Opens on the morning after, and goes on until Ctrl-C."""

    def __init__(self, recovery: Recovery, life: Life) -> None:
        self._recovery = recovery
        self._life = life
        self._logins: list[Login] = []

    def open(self, console: Console) -> None:
        """One more morning of the engine; then who may sign in is told."""
        self._life.open_again()
        # Authenticator apps know the real time only.
        self._recovery.wall = utc_now
        self._logins = [self._hand_over(*person) for person in _TEAM]
        self._tell(console)

    def stay(self, console: Console) -> None:
        """People go on answering; Enter shows the codes of this moment."""
        if sys.stdin.isatty():
            threading.Thread(target=self._on_enter, args=(console,), daemon=True).start()
        while True:
            time.sleep(_LOOK_EVERY)
            self._life.go_on()

    def _hand_over(self, email: str, role: Role, name: str, language: str) -> Login:
        users = self._recovery.users
        # The manager of the story is there already, with a factor of another time.
        if users.find(email) is None:
            users.add(email, role, language=language)
        users.change(email, Profile(name, language))
        password, uri = users.renew_password(email), users.renew_factor(email)
        return Login(email, role, password, pyotp.parse_uri(uri).secret)

    def _tell(self, console: Console) -> None:
        now, url = self._recovery.clock(), self._recovery.settings.public_url
        console.print(f"\nIt is {now:%A, %d %B}, and the web app is open: {url}", style="bold")
        for one in self._logins:
            more = f"   code now {one.code}   (secret {one.secret})" if one.code else ""
            line = f"  {one.role.value:<9}{one.email:<26}{one.password}{more}"
            console.print(line, highlight=False, soft_wrap=True)
        if sys.stdin.isatty():
            console.print("  Enter shows the codes of that moment.", style="dim")

    def _on_enter(self, console: Console) -> None:
        for _ in sys.stdin:
            codes = ", ".join(f"{one.email} {one.code}" for one in self._logins if one.code)
            console.print(f"  {codes}", highlight=False, soft_wrap=True)
