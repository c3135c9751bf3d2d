"""How the whole job is run each morning: as a Prefect flow that its UI shows, or directly."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recovery.bootstrap import Recovery
from recovery.cli.demo.life import WholeJob
from recovery.cli.demo.town import free_port
from recovery.services.stages import StageReport


class PrefectSide:
    """A Prefect server that was told to start, and may not answer yet."""

    def __init__(self, home: Path) -> None:
        from flows.server import launch

        self._server = launch(home / "prefect", free_port())
        self.url = self._server.url

    @contextmanager
    def joined(self, recovery: Recovery) -> Iterator[WholeJob]:
        """Waits until it answers; runs inside the block are seen in its UI."""
        from flows.recover import at_server, run_here
        from flows.server import wait_for

        wait_for(self._server)
        with at_server(self._server.api):
            yield lambda: run_here(recovery)

    def stop(self) -> None:
        """Ends the server."""
        from flows.server import stop

        stop(self._server)


@contextmanager
def started(home: Path) -> Iterator[PrefectSide]:
    """A server of the demo's own for as long as the block lasts."""
    prefect = PrefectSide(home)
    try:
        yield prefect
    finally:
        prefect.stop()


def directly(recovery: Recovery) -> WholeJob:
    """The same stages in the same order, without Prefect."""
    stages = recovery.stages
    order = (
        stages.record,
        stages.pull,
        stages.route,
        stages.reach,
        stages.record,
        stages.archive,
    )

    def whole_job() -> list[StageReport]:
        return [stage() for stage in order]

    return whole_job
