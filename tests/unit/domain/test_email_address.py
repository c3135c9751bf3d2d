"""Addresses as people type them."""

import pytest

from recovery.domain.email_address import (
    KNOWN_DOMAINS,
    is_role_address,
    is_valid,
    masked,
    normalise,
    suggestion,
)


@pytest.mark.parametrize("typed", [" Ana@X.com ", "<ana@x.com>", "mailto:ana@x.com", "ana@x.com."])
def test_an_address_has_one_form(typed: str) -> None:
    assert normalise(typed) == "ana@x.com"


@pytest.mark.parametrize(
    "email", ["ana@x.com", "a.b+c@x-y.com.br", "o'hara@x.ie", "a@b.travel", "1@2.com"]
)
def test_addresses_mail_systems_accept_are_valid(email: str) -> None:
    assert is_valid(email)


@pytest.mark.parametrize(
    "email",
    [
        *("", "ana", "ana@gmail", "ana@@x.com", "ana@.com", ".ana@x.com", "a..b@x.com"),
        *("ana@x..com", "ana@-x.com", "ana@x.c", "ana souza@x.com", "ana@1.2.3.4", "añá@x.com"),
        f"{'a' * 65}@x.com",
    ],
)
def test_broken_addresses_are_not(email: str) -> None:
    assert not is_valid(email)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.com.br", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotmal.es", "hotmail.es"),
        ("outlok.com", "outlook.com"),
        ("yaho.com.br", "yahoo.com.br"),
        ("yahoo.con.br", "yahoo.com.br"),
        ("empresa.con", "empresa.com"),
    ],
)
def test_a_usual_typo_suggests_the_known_domain(typed: str, meant: str) -> None:
    assert suggestion(f"ana@{typed}") == f"ana@{meant}"


@pytest.mark.parametrize(
    "domain", [*KNOWN_DOMAINS, "mail.com", "empresa.com.br", "gmx.net", "firma.co", "me.uk"]
)
def test_a_real_domain_is_left_alone(domain: str) -> None:
    assert suggestion(f"ana@{domain}") is None


@pytest.mark.parametrize("local", ["info", "ventas", "NoReply", "contato", "sales2", "rh+vagas"])
def test_a_function_is_no_person(local: str) -> None:
    assert is_role_address(f"{local}@x.com")


@pytest.mark.parametrize("local", ["ana", "infante", "salesiano", "ana.info"])
def test_a_person_is_no_function(local: str) -> None:
    assert not is_role_address(f"{local}@x.com")


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("ana@hotmail.com", "an•••@hotmail.com"),
        ("anabela@x.com", "an•••@x.com"),
        ("ab@x.com", "a•••@x.com"),
        ("broken", "•••"),
    ],
)
def test_a_masked_address_shows_its_beginning_only(email: str, shown: str) -> None:
    assert masked(email) == shown
