"""How hard a stolen hash is to guess."""

from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from recovery.adapters import passwords
from tests.passwords import HASHER_AS_SHIPPED


def test_each_guess_costs_what_rfc_9106_asks_for(monkeypatch):
    monkeypatch.setattr(passwords, "PasswordHasher", HASHER_AS_SHIPPED)
    hashed = passwords.Argon2().hash("correct horse")
    assert extract_parameters(hashed) == RFC_9106_LOW_MEMORY
