"""What a run's page in Prefect says of a stage."""

from flows.report import markdown
from recovery.services.stages import StageReport


def test_what_was_repaired_is_a_warning_with_its_number() -> None:
    said = markdown("record", [StageReport("record", counts={"repaired": 3, "replies": 4})])
    assert "⚠️" in said
    assert "3 found without a callback" in said
    assert "RECOVERY_PUBLIC_URL" in said


def test_without_repairs_nothing_warns() -> None:
    said = markdown("record", [StageReport("record", counts={"repaired": 0, "replies": 4})])
    assert "✅" in said
    assert "RECOVERY_PUBLIC_URL" not in said
