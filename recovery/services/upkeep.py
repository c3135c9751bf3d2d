"""What `record` does for the reps' queue, so that it goes on where no web app runs."""

from collections.abc import Mapping

from recovery.services.dispositions import Dispositions
from recovery.services.keap_tasks import KeapTasks
from recovery.services.queue import Queue


class RepUpkeep:
    """Before Keap is told, what reps said is carried out; afterwards the queue shows it all."""

    def __init__(self, dispositions: Dispositions, tasks: KeapTasks, queue: Queue) -> None:
        self._dispositions = dispositions
        self._tasks = tasks
        self._queue = queue

    def before(self) -> Mapping[str, int]:
        """Results of calls said here, and in Keap; counts by name."""
        said = self._dispositions.apply_due()
        return {"call_results": said, "calls_done_in_keap": self._tasks.run()}

    def after(self) -> None:
        """The queue follows what changed."""
        self._queue.refresh()
