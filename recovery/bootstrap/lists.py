"""Lists from outside: whom not to contact, who agreed, and a manager's word against a no."""

from recovery.adapters.db.imports import SqlImportStore, imported_lately
from recovery.adapters.db.lifting import SqlLiftStore
from recovery.adapters.db.queries.today import countries_at_work
from recovery.bootstrap.users import UserParts
from recovery.services.imports import BlockList, Imports, block_lists_of
from recovery.services.lifting import Lifting


class ListParts(UserParts):
    """Adds what outside lists close and open."""

    @property
    def imports(self) -> Imports:
        """Files of whom not to contact, and of who agreed to be."""
        limit = self.policy.caps.contacts_per_person
        store = SqlImportStore(self.database, self.keys, contacts_per_person=limit)
        return Imports(store, default_region=self.policy.default_region, clock=self.clock)

    @property
    def lifting(self) -> Lifting:
        """A manager's word against a person's no."""
        return Lifting(SqlLiftStore(self.database), users=self.users, clock=self.clock)

    def block_lists(self) -> list[BlockList]:
        """Those that today's open cases have to be asked against."""
        imported = imported_lately(self.database, self.clock())
        return block_lists_of(countries_at_work(self.database), self.countries, imported)

    def _without_block_list(self) -> int:
        return sum(one.cases for one in self.block_lists() if not one.is_fresh)
