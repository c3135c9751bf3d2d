"""The keys of one installation: made on first use, kept beside the database, never inside it."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from recovery.adapters.files.private import make_folder, sync_folder
from recovery.domain.keys import Keys
from recovery.errors import ConfigurationError


class Keyring:
    """Reads `hash.key` and `seal.key` of a folder; ConfigurationError when one cannot be used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def has_keys(self) -> bool:
        """They were made before."""
        return (self._folder / "hash.key").exists()

    def lost(self) -> ConfigurationError:
        """What to say where the keys are not those that the database was made with."""
        return ConfigurationError(
            f"{self._folder / 'hash.key'} is not the key that the database was made with, or is "
            "gone: put the folder back from your backup; without it no opt-out is recognised"
        )

    def keys(self) -> Keys:
        """The secret behind every keyed hash; without it no opt-out is recognised."""
        secret = self._read_or_make("hash.key", lambda: secrets.token_hex(32).encode())
        try:
            return Keys(bytes.fromhex(secret.decode("ascii")))
        except ValueError:
            raise self._damaged("hash.key") from None

    def seal(self, text: str) -> str:
        """Encrypts a short secret for the database."""
        return self._fernet().encrypt(text.encode()).decode("ascii")

    def unseal(self, sealed: str) -> str:
        """The secret again; ConfigurationError when its key is another one, or is gone.

        A key that is made now has sealed nothing before.
        """
        if not (self._folder / "seal.key").exists():
            raise self._damaged("seal.key")
        try:
            return self._fernet().decrypt(sealed.encode("ascii")).decode()
        except InvalidToken:
            raise self._damaged("seal.key") from None

    def _fernet(self) -> Fernet:
        try:
            return Fernet(self._read_or_make("seal.key", Fernet.generate_key))
        except ValueError:
            raise self._damaged("seal.key") from None

    def _read_or_make(self, name: str, make: Callable[[], bytes]) -> bytes:
        path = self._folder / name
        try:
            if not path.exists():
                self._make(path, make())
            secret = path.read_bytes().strip()
        except OSError as error:
            raise ConfigurationError(
                f"the key file {path} cannot be read or made ({error.strerror}): check who owns it "
                "and its mode (0600), or put it back from your backup"
            ) from None
        if not secret:
            raise self._damaged(name)
        return secret

    def _make(self, path: Path, secret: bytes) -> None:
        """Whole or not at all: of two processes that start together, the first one's key stays."""
        make_folder(self._folder)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secret + b"\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)
            except FileExistsError:
                return
            sync_folder(self._folder)
        finally:
            draft.unlink(missing_ok=True)

    def _damaged(self, name: str) -> ConfigurationError:
        return ConfigurationError(
            f"the key file {self._folder / name} is damaged or not the one that was used before: "
            "put it back from your backup; a new one would not know old opt-outs and factors"
        )
