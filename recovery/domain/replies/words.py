"""Word tables become patterns: a table is read and changed more easily than a wall of bars."""


def any_of(table: str) -> str:
    """A pattern of any word of the table, the first that fits; words may be patterns themselves."""
    return f"(?:{'|'.join(table.split())})"
