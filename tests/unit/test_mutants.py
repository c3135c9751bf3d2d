"""The seeded bugs still fit the sources they are put into, and name tests that exist."""

import pytest

from tests.mutants.catalogue import ROOT, Bug, bugs


@pytest.mark.parametrize("bug", bugs(), ids=lambda bug: bug.name)
def test_a_seeded_bug_still_fits(bug: Bug) -> None:
    assert (ROOT / bug.file).read_text("utf-8").count(bug.old) == 1
    assert bug.tests
    for test in bug.tests:
        assert _exists(test), test


def _exists(test: str) -> bool:
    """A file, or one test of it, of any parameters."""
    file, _, name = test.partition("::")
    if not name:
        return (ROOT / file).is_file()
    function = name.partition("[")[0].rpartition("::")[2]
    return f"def {function}(" in (ROOT / file).read_text("utf-8")


def test_the_beginning_of_a_name_is_no_test() -> None:
    here = "tests/unit/test_mutants.py"
    assert _exists(here)
    assert _exists(f"{here}::{test_there_are_at_least_ten.__name__}")
    assert not _exists(f"{here}::test_there_are")
    assert not _exists("tests/unit/test_nothing.py")


def test_there_are_at_least_ten() -> None:
    assert len(bugs()) >= 10
