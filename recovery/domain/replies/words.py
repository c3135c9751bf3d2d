"""Word tables become patterns or sets: a table is read more easily than a wall of bars."""


def any_of(table: str) -> str:
    """A pattern of any word of the table, the first that fits; words may be patterns themselves."""
    return f"(?:{'|'.join(table.split())})"


def words_of(table: str) -> frozenset[str]:
    """The words of a table, to look one up."""
    return frozenset(table.split())
