"""Whether a domain takes mail: only a plain no counts."""

from types import SimpleNamespace
from typing import Any

import pytest
from dns import resolver

from recovery.adapters.mail_servers import MailServers


class Servers:
    """Name servers that know these answers; an exception is raised."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def resolve(self, domain: str, kind: str, *, lifetime: float) -> Any:
        assert 0 < lifetime < 5
        self.asked.append(domain)
        answer = self.answers.get(kind, resolver.NoAnswer())
        if isinstance(answer, Exception):
            raise answer
        return answer


def mx(*names: str) -> list[Any]:
    return [SimpleNamespace(exchange=name) for name in names]


@pytest.mark.parametrize(
    ("answers", "takes"),
    [
        ({"MX": mx("mail.firm.example.")}, True),
        ({"MX": mx(".")}, False),
        ({"MX": resolver.NXDOMAIN()}, False),
        ({"A": ["192.0.2.1"]}, True),
        ({"AAAA": ["2001:db8::1"]}, True),
        ({}, False),
        ({"MX": resolver.NoNameservers()}, None),
    ],
)
def test_only_a_plain_no_is_one(answers: dict[str, Any], takes: bool | None) -> None:
    servers: Any = Servers(**answers)
    assert MailServers(servers).take_mail("firm.example") is takes


def test_without_a_network_nobody_waits_twice() -> None:
    servers: Any = Servers(MX=resolver.LifetimeTimeout(timeout=2, errors=[]))
    now = [0.0]
    mail = MailServers(servers, seconds=lambda: now[0])
    assert [mail.take_mail(name) for name in ("a.example", "b.example")] == [None, None]
    assert servers.asked == ["a.example"]
    now[0] = 601.0
    assert mail.take_mail("c.example") is None
    assert servers.asked == ["a.example", "c.example"]
