"""A firm at work, served for a real browser: people in every lane, a team, a Twilio that rings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pyotp

from recovery.adapters.db.holding import CLAIM
from recovery.bootstrap import Recovery
from recovery.services.users.user import NewUser, Profile, Role
from tests.calls_world import MEXICAN_LINE, Office, equip, moment
from tests.databases import Template
from tests.installation import Home, installed, policy_file
from tests.web_server import free_address, serving

TALKS = {"picks_up": 1, "dead_line": False, "says": "new_email"}
#: Given name, family name, number, and whether they may be written to on WhatsApp.
_PEOPLE = [
    ("Lucía", "Herrera Montes", "+525512340001", False),
    ("Joaquín", "Salgado", "+525512340002", False),
    ("Mariana", "Ochoa Ríos", "+525512340003", False),
    ("Beatriz", "Nogueira", "+5511987650001", False),
    ("Thiago", "Albuquerque", "+5592987650002", False),
    ("Camila", "Restrepo", "+573001230001", False),
    ("Andrés", "Valencia", "+573001230002", False),
    ("Renata", "Figueiredo", "+5521987650003", True),
    ("Sofía", "Castellanos", "+525512340004", True),
]


@dataclass
class Firm:
    """What a test of the browser works with."""

    home: Home
    office: Office
    url: str
    users: dict[str, NewUser] = field(default_factory=dict)
    contacts: dict[str, str] = field(default_factory=dict)

    @property
    def recovery(self) -> Recovery:
        """The same installation in another process."""
        return self.home.fresh

    def case(self, name: str) -> int:
        """The case of somebody, by given name."""
        return int(self.home.case(self.contacts[name])["id"])

    def all_rest(self) -> None:
        """Nobody holds anybody, as after a night."""
        with self.recovery.database.begin() as connection:
            connection.execute(CLAIM.delete())

    def await_decisions(self) -> str:
        """A free win and a batch wait for a yes from here on; answers the batch's id."""
        home = self.home
        home.contact(phones=(), tags=(), given_name="Elvira", family_name="Quiroga")
        home.run("pull", "route")
        home.next_day(15)
        won = home.contact(email="nieves.vieja@example.com", given_name="Nieves")
        addresses = {"EMAIL1": "nieves.vieja@example.com", "EMAIL2": "nieves@example.com"}
        rows = [{"email": email, "field": field} for field, email in addresses.items()]
        home.change(won, fields={"email_addresses": rows})
        home.change(won, email_status={"nieves@example.com": "SINGLE_OPT_IN"})
        home.run("pull", "route", "archive")
        (batch,) = home.fresh.archive.batches()
        return batch.batch.id

    def code(self, name: str) -> str:
        """What this user's authenticator app shows; each call is another half minute."""
        self.home.move(seconds=30)
        return pyotp.TOTP(self.users[name].totp_secret).at(self.home.now)


@contextmanager
def a_firm(folder: Path, template: Template) -> Iterator[Firm]:
    """The firm with its web app, for as long as the block lasts."""
    url = free_address()
    policy = policy_file(folder, "[delete]\nmax_share = 1.0\nnever_called = true\n")
    more = {"policy": policy, "voice_also": frozenset({MEXICAN_LINE})}
    with installed(folder, template, **more) as home:
        office = equip(home, url)
        firm = Firm(home, office, url)
        _hire(firm)
        with serving(home):
            _meet_people(firm)
            yield firm


def _hire(firm: Firm) -> None:
    recovery = firm.recovery
    team = [
        ("rosa", Role.REP, "en", "Rosa Lima", "+13105550177"),
        ("raul", Role.REP, "es", "Raúl Peña", "+13105550178"),
        ("clara", Role.REP, "pt", "Clara Dias", ""),
        ("mario", Role.MANAGER, "en", "Mario Vega", ""),
        ("alma", Role.ADMIN, "en", "Alma Ruiz", ""),
    ]
    for name, role, language, called, phone in team:
        email = f"{name}@firm.example"
        firm.users[name] = recovery.users.add(email, role, language=language)
        zone = "America/Mexico_City"
        profile = Profile(called, language, zone=zone, phone=phone or None)
        recovery.users.change(email, profile, region=None)


def _meet_people(firm: Firm) -> None:
    home = firm.home
    for given, family, phone, writes in _PEOPLE:
        firm.contacts[given] = home.contact(
            phones=(phone,),
            tags=("WhatsApp opt-in",) if writes else (),
            habits=TALKS,
            given_name=given,
            family_name=family,
        )
    for n in range(3):
        home.contact("NON_MARKETABLE", phones=(f"+52551234100{n}",), tags=(), given_name=f"Eva {n}")
    home.send()
    home.move(minutes=1)
    firm.recovery.reps.queue.refresh()
    called = [name for name, _, _, writes in _PEOPLE if not writes]
    due = max(moment(home.step(firm.contacts[one], "c1")["due_at"]) for one in called)
    home.move(to=due.replace(hour=17, minute=0, second=0))
    home.says("+5521987650003", "Oi! Não recebo mais os e-mails de vocês, o que houve?")
    home.move(minutes=1)
    home.run("record")
    later = home.now + timedelta(days=2, hours=1)
    firm.recovery.reps.desk.callback("rosa@firm.example", firm.case("Andrés"), later, mine=True)
    firm.recovery.reps.catch_up()
