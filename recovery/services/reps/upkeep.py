"""What `record` does for the reps' queue, so that it goes on where no web app runs."""

from collections.abc import Mapping

from recovery.services.reps.dispositions import Dispositions
from recovery.services.reps.keap_tasks import KeapTasks
from recovery.services.reps.queue import Queue
from recovery.services.reps.writing import Writing


class RepUpkeep:
    """Before Keap is told, what reps said is carried out; afterwards, when all replies were heard,
    what they wrote leaves, and the queue shows it all."""

    def __init__(
        self, dispositions: Dispositions, tasks: KeapTasks, writing: Writing, queue: Queue
    ) -> None:
        self._dispositions = dispositions
        self._tasks = tasks
        self._writing = writing
        self._queue = queue

    def before(self) -> Mapping[str, int]:
        """Results of calls said here; counts by name."""
        return {"call_results": self._dispositions.apply_due()}

    def worked_in_keap(self) -> Mapping[str, int]:
        """Results of calls said in Keap; counts by name."""
        return {"calls_done_in_keap": self._tasks.run()}

    def after(self) -> Mapping[str, int]:
        """Texts of reps leave and the queue follows what changed; counts by name."""
        left = self._writing.send_due()
        self._queue.refresh()
        return {"texts_of_reps": left}
