"""Who works with this installation, and how they sign in."""

from functools import cached_property

from recovery.adapters.db.users.sessions import SqlLimitStore, SqlSessionStore
from recovery.adapters.db.users.store import SqlUserStore
from recovery.adapters.passwords import Argon2
from recovery.bootstrap.foundation import Foundation
from recovery.services.users.login_limits import LoginLimits
from recovery.services.users.service import Users
from recovery.services.users.sessions import Sessions


class UserParts(Foundation):
    """Adds the people of the team."""

    @property
    def users(self) -> Users:
        """Who works with this installation."""
        return Users(
            SqlUserStore(self.database),
            seal=self.keyring,
            clock=self.wall,
            hash_password=self.passwords.hash,
            firm=self.settings.account,
        )

    @cached_property
    def passwords(self) -> Argon2:
        """Hashes passwords."""
        return Argon2()

    @property
    def sessions(self) -> Sessions:
        """Who is signed in."""
        return Sessions(
            SqlSessionStore(self.database),
            users=self.users,
            limits=LoginLimits(SqlLimitStore(self.database), self.wall),
            passwords=self.passwords,
            clock=self.wall,
        )
