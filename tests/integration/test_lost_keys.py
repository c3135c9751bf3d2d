"""Without the keys that the database was made with nobody who said stop would be known."""

import shutil

import pytest

from recovery.errors import ConfigurationError
from tests.installation import MEXICAN, Home


@pytest.mark.parametrize("others", [False, True])
def test_who_said_stop_hears_nothing_when_the_keys_are_lost(home: Home, others: bool) -> None:
    home.contact(phones=(MEXICAN,))
    home.run("pull")
    keys, kept = home.settings.home / "keys", home.settings.home / "kept"
    shutil.move(keys, kept)
    if others:
        keys.mkdir()
        (keys / "hash.key").write_text("ab" * 32)
    home.restart()
    with pytest.raises(ConfigurationError, match="back from your backup"):
        home.send()
    assert home.messages() == []
    assert (keys / "hash.key").exists() == others
    shutil.rmtree(keys, ignore_errors=True)
    shutil.move(kept, keys)
    home.restart()
    home.send()
    assert len(home.messages()) == 1
