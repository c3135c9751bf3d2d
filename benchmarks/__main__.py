"""`python -m benchmarks`: measures everything and writes docs/benchmarks.md."""

import argparse
import time
from pathlib import Path

from benchmarks.bench import measure


def main() -> None:
    """Prints each measurement as it comes."""
    given = _arguments()
    began = time.monotonic()
    results = measure(
        contacts=given.contacts,
        repetitions=given.repetitions,
        prefect=given.prefect,
        messages=given.messages,
        only=given.only,
    )
    from benchmarks.page import render

    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(render(results, repetitions=given.repetitions), encoding="utf-8")
    print(f"\n{given.output} written after {time.monotonic() - began:.0f} s")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--contacts", type=int, default=10_000, help="pulled (default 10000)")
    parser.add_argument("--messages", type=int, default=4_000, help="sent, at most")
    parser.add_argument("--repetitions", type=int, default=3, help="of each contender, in turn")
    parser.add_argument("--prefect", type=int, default=150, help="tasks of Prefect; 0 for none")
    parser.add_argument("--only", nargs="*", default=[], help="such as reach@0 sdk@0 pull@50 queue")
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).parent.parent / "docs" / "benchmarks.md"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
