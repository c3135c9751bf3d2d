"""Who may open what: the table that the matrix of tests is made from.

A page that is not in it fails the tests. The first entry whose beginning fits decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi.routing import APIRoute

from recovery.services.users.user import Role
from recovery.web.pages import PAGES

#: None: anybody, signed in or not.
MAY_OPEN: dict[str, Role | None] = {
    "/sign-in": None,
    "/sign-out": Role.REP,
    "/invitation/": None,
    "/session/": Role.REP,
    "/account": Role.REP,
    "/team": Role.ADMIN,
    "/approvals": Role.MANAGER,
    "/status": Role.MANAGER,
    "/queue/assign": Role.MANAGER,
    "/queue": Role.REP,
    "/events": Role.REP,
    "/lists": Role.MANAGER,
    "/wins": Role.MANAGER,
    "/templates": Role.MANAGER,
}
_READS = {"GET", "HEAD"}


@dataclass(frozen=True)
class Way:
    """One method of one page, its address filled in with ids that nobody has."""

    method: str
    path: str
    role: Role | None

    @property
    def changes(self) -> bool:
        """Not only read."""
        return self.method not in _READS

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def pages() -> list[APIRoute]:
    """The pages' routes; webhooks and health answer to machines."""
    routes = [route for page in PAGES for route in page.router.routes]
    return [route for route in routes if isinstance(route, APIRoute)]


def ways() -> list[Way]:
    """All pages by all their methods; KeyError for one that the table does not know."""
    return list(_ways())


def _ways() -> Iterator[Way]:
    for route in pages():
        path = route.path.replace("{token}", "x" * 43)
        path = path.replace("{", "no-such-").replace("}", "")
        for method in sorted(route.methods):
            yield Way(method, path, _role(route.path))


def _role(path: str) -> Role | None:
    if path == "/":
        return Role.REP
    try:
        return next(role for start, role in MAY_OPEN.items() if path.startswith(start))
    except StopIteration:
        raise KeyError(f"{path}: say in tests/web_routes.py who may open it") from None
