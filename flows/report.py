"""What a run did, in words and as Prefect artifacts; counts and reasons only, never a person."""

from collections.abc import Sequence

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from recovery.services.stage_words import words
from recovery.services.stages import StageReport

#: What a callback should have told and did not is no loss, but somebody should look why.
_REPAIRED = (
    "Webhooks did not bring what was found by asking Twilio: does RECOVERY_PUBLIC_URL lead to "
    "`recovery web`?"
)


def sentence(report: StageReport) -> str:
    """One line for the run's state: `12 sent, 3 left out (outside hours)`."""
    if report.broken:
        return report.broken
    said = [f"{number:,} {words(name)}" for name, number in report.counts.items() if number]
    said += [f"{number:,} left out ({words(why)})" for why, number in _largest(report.skipped)]
    line = ", ".join(said) or "nothing was due"
    return f"{line}; {report.note}" if report.note and said else report.note or line


def message(reports: Sequence[StageReport]) -> str:
    """One line for a run of one stage or of several, without the stages that had nothing to do."""
    if len(reports) == 1:
        return sentence(reports[0])
    said = [f"{one.name}: {sentence(one)}" for one in reports if _says_something(one)]
    return "; ".join(said) or "nothing was due"


def _says_something(report: StageReport) -> bool:
    return bool(report.note or report.broken or any(report.counts.values()))


def publish(name: str, reports: Sequence[StageReport]) -> None:
    """Leaves the run's table and its summary, as new versions of the flow's two artifacts."""
    create_table_artifact(
        key=f"{name}-counts",
        table=table(reports),
        description=f"What {name} did, by number and reason.",
    )
    create_markdown_artifact(
        key=f"{name}-summary", markdown=markdown(name, reports), description=f"{name} in short."
    )


def table(reports: Sequence[StageReport]) -> list[dict[str, str | int]]:
    """One row a count, then one a reason why somebody was left out; zeros say nothing."""
    rows: list[dict[str, str | int]] = []
    for report in reports:
        rows += [_row(report.name, words(name), n) for name, n in report.counts.items() if n]
        rows += [_row(report.name, f"left out: {words(w)}", n) for w, n in _largest(report.skipped)]
    return rows or [_row(report.name, "nothing was due", 0) for report in reports]


def markdown(name: str, reports: Sequence[StageReport]) -> str:
    """A line a stage, with what it waits for or what a person must mend."""
    lines = [f"# {name}", ""]
    for report in reports:
        lines.append(f"- {_mark(report)} **{report.name}**: {sentence(report)}")
        if report.counts.get("repaired"):
            lines.append(f"  - {_REPAIRED}")
    return "\n".join(lines)


def _mark(report: StageReport) -> str:
    if report.broken:
        return "❌"
    if report.counts.get("repaired"):
        return "⚠️"
    return "⏳" if report.note else "✅"


def _row(stage: str, what: str, number: int) -> dict[str, str | int]:
    return {"stage": stage, "what": what, "number": number}


def _largest(skipped: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(((why, n) for why, n in skipped.items() if n), key=lambda item: (-item[1], item))
