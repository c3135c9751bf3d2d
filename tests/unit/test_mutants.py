"""The seeded bugs still fit the sources they are put into, and name tests that exist."""

import pytest

from tests.mutants.catalogue import ROOT, Bug, bugs


@pytest.mark.parametrize("bug", bugs(), ids=lambda bug: bug.name)
def test_a_seeded_bug_still_fits(bug: Bug) -> None:
    assert (ROOT / bug.file).read_text("utf-8").count(bug.old) == 1
    assert bug.tests
    for test in bug.tests:
        file, _, name = test.partition("::")
        assert f"def {name}" in (ROOT / file).read_text("utf-8")


def test_there_are_at_least_ten() -> None:
    assert len(bugs()) >= 10
