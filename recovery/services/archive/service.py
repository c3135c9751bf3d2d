"""Archive: read whole records of those who were not won back, write, read back, compare.

What was read is kept in a draft as it comes, so that a build that was cut off asks Keap for few
people twice. Deleting is another use case (`deletion`), and so is consenting to it (`approvals`).
"""

import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from recovery.crashpoints import crashpoint
from recovery.domain.archive import (
    ArchiveDamaged,
    BatchState,
    ItemState,
    Reading,
    model_id,
    row_of,
    set_hash,
)
from recovery.domain.contact import ContactId
from recovery.domain.deletion import LastLook, Spared, Standing, why_spared, why_spared_unread
from recovery.domain.policy import Policy
from recovery.errors import ContractBroken, InDoubt, PermanentFailure, RecoveryError, Refusal
from recovery.services.archive.batches import (
    Alone,
    Archived,
    ArchiveFiles,
    ArchiveStore,
    Batch,
    BatchSummary,
    Candidate,
    Draft,
    Workbook,
)
from recovery.services.archive.twins import who_has_a_twin
from recovery.services.ports import Clock, Crm

#: Contacts read at a time.
PAGE = 50
#: Rows, or seconds of reading, after which the pages read go to the disk and into the database. A
#: kill has what is not there read again, so at Keap's pace (eight calls a contact) every page goes.
#: Where reading is quick, so is reading again, and the time goes into waiting for syncs.
ROWS, SECONDS = 500, 10.0


@dataclass(slots=True)
class _Build:
    """One build while it runs; `rows` are not on the disk yet."""

    store: ArchiveStore
    batch: Batch
    draft: Draft
    model: dict[str, Any]
    model_id: str
    rows: list[Archived] = field(default_factory=list)
    kept_at: float = field(default_factory=time.monotonic)

    @property
    def is_due(self) -> bool:
        """Whether more would be lost with these rows than a sync costs."""
        return len(self.rows) >= ROWS or time.monotonic() - self.kept_at >= SECONDS


class ArchiveService:
    """Builds, verifies and lists batches; only building asks `crm`, and needs to be `alone`."""

    def __init__(
        self,
        store: ArchiveStore,
        *,
        crm: Callable[[], Crm],
        files: ArchiveFiles,
        workbook: Workbook,
        policy: Policy,
        clock: Clock,
        account: str,
        alone: Alone[ArchiveStore],
        workers: int = 8,
    ) -> None:
        self._store = store
        self._crm = crm
        self._files = files
        self._workbook = workbook
        self._policy = policy
        self._clock = clock
        self._account = account
        self._alone = alone
        self._workers = workers

    def build(self, *, as_: str | None = None, language: str | None = None) -> BatchSummary | None:
        """A verified batch of all who are ready, or None; goes on with one that was cut off.

        What was read before an error stays in the draft: StorageFull, QuotaExhausted and
        TemporaryFailure leave a batch that the next build completes. NothingToDo while another
        process builds or deletes, or where one took over because this one stood still.
        """
        with self._alone() as store:
            batch = store.unfinished() or self._open(store, as_ or "engine")
            if batch is None:
                return None
            self._check_account(batch)
            return self._fill(store, batch, language or self._policy.default_language)

    def verify(self, batch_id: str) -> BatchSummary:
        """Compares the file with the database, row by row; ArchiveDamaged where they differ."""
        batch = self.finished(batch_id)
        self.check_file(batch)
        self._store.mark_verified(batch_id, self._clock())
        return self.summary(batch_id)

    def batches(self) -> list[BatchSummary]:
        """All batches that hold anybody, newest first."""
        return self._store.summaries(now=self._clock())

    def summary(self, batch_id: str) -> BatchSummary:
        """One batch; Refusal for an unknown id."""
        found = self._store.summaries(batch_id, now=self._clock())
        if not found:
            raise Refusal(f"there is no batch {batch_id}: see `recovery archive list`")
        return found[0]

    def finished(self, batch_id: str) -> Batch:
        """A batch of this account whose manifest was written; Refusal for any other."""
        batch = self._store.batch(batch_id)
        if batch is None:
            raise Refusal(f"there is no batch {batch_id}: see `recovery archive list`")
        self._check_account(batch)
        if batch.state is BatchState.BUILDING:
            raise Refusal(f"batch {batch_id} is not finished: run `recovery archive build` again")
        return batch

    def check_file(self, batch: Batch) -> None:
        """ArchiveDamaged unless file, rows and set are those of the manifest."""
        digest = self._files.verify(batch.file, self._store.known(batch.id))
        if digest != batch.file_sha256:
            raise ArchiveDamaged(
                f"{batch.file} is not the file that was verified: put it back from your backup"
            )
        if set_hash(batch.account, self._store.members(batch.id)) != batch.set_sha256:
            raise ArchiveDamaged(f"the list of batch {batch.id} was edited: build it again")

    def _check_account(self, batch: Batch) -> None:
        if batch.account != self._account:
            raise Refusal(
                f"batch {batch.id} belongs to another Keap account ({batch.account}); this home "
                f"is set to {self._account}: check RECOVERY_HOME and RECOVERY_ACCOUNT"
            )

    def _open(self, store: ArchiveStore, built_by: str) -> Batch | None:
        now = self._clock()
        if not store.ready(None, after=(0, ""), now=now, limit=1):
            return None
        name = f"{now:%Y%m%d}-{secrets.token_hex(3)}"
        batch = Batch(
            name, BatchState.BUILDING, self._account, f"archive-{name}.jsonl", built_by, now
        )
        store.start(batch)
        return batch

    def _fill(self, store: ArchiveStore, batch: Batch, language: str) -> BatchSummary | None:
        model = self._crm().model()
        draft = self._files.draft(batch.file, store.known(batch.id))
        try:
            store.cut(batch.id, draft.lines)
            build = _Build(store, batch, draft, model, model_id(model))
            self._files.keep_model(f"model-{build.model_id}.json", model)
            self._read_all(build)
            return self._seal(build, language)
        finally:
            draft.close()

    def _read_all(self, build: _Build) -> None:
        """What was read is kept even where somebody after it could not be."""
        after = (0, "")
        try:
            with ThreadPoolExecutor(self._workers, "archive") as pool:
                while page := self._next(build, after):
                    self._read_page(build, page, pool)
                    if build.is_due:
                        self._keep(build)
                    after = (page[-1].case_id, page[-1].contact_id)
        finally:
            self._keep(build)

    def _next(self, build: _Build, after: tuple[int, str]) -> list[Candidate]:
        return build.store.ready(build.batch.id, after=after, now=self._clock(), limit=PAGE)

    def _read_page(self, build: _Build, page: list[Candidate], pool: ThreadPoolExecutor) -> None:
        standings = self._standings(page)
        unread = [one for one in page if not self._is_known_to_stay(build, one, standings)]
        answers = list(pool.map(self._read, unread))
        build.rows += (
            row
            for candidate, answer in zip(unread, answers, strict=True)
            if isinstance(answer, Reading | None)
            and (row := self._judged(build, candidate, answer, standings))
        )
        for answer in answers:
            if isinstance(answer, RecoveryError) and _stops(answer):
                raise answer

    def _keep(self, build: _Build) -> None:
        """The rows are on the disk before the database says so; what fails is not tried again."""
        rows, build.rows, build.kept_at = build.rows, [], time.monotonic()
        if rows:
            build.draft.append(archived.row.line for archived in rows)
            first = build.draft.lines - len(rows) + 1
            build.store.keep(build.batch.id, rows, first_line=first)

    def _standings(self, page: list[Candidate]) -> Mapping[ContactId, Standing]:
        """By the gate of the last look, so that nobody is approved whom it would spare."""
        twins = self._store.twins([one.contact_id for one in page])
        works = who_has_a_twin(self._crm(), twins)
        return {
            contact: replace(standing, twin_deliverable=True) if contact in works else standing
            for contact, standing in self._store.standings(page).items()
        }

    def _is_known_to_stay(
        self, build: _Build, candidate: Candidate, standings: Mapping[ContactId, Standing]
    ) -> bool:
        reason = why_spared_unread(standings[candidate.contact_id], self._policy)
        if reason:
            self._set_aside(build, candidate, ItemState.SPARED, reason)
        return reason is not None

    def _read(self, candidate: Candidate) -> Reading | RecoveryError | None:
        try:
            record = self._crm().full_record(candidate.contact_id)
        except RecoveryError as error:
            return error
        if record is None:
            return None
        return Reading(
            candidate.contact_id,
            candidate.case_id,
            record,
            self._clock(),
            candidate.status_since,
            candidate.why,
        )

    def _judged(
        self,
        build: _Build,
        candidate: Candidate,
        reading: Reading | None,
        standings: Mapping[ContactId, Standing],
    ) -> Archived | None:
        if reading is None:
            self._set_aside(build, candidate, ItemState.GONE, None)
            return None
        standing = standings[candidate.contact_id]
        reason = why_spared(LastLook(reading.record, standing, self._policy))
        if reason:
            self._set_aside(build, candidate, ItemState.SPARED, reason)
            return None
        row = row_of(reading, account=self._account, model_id=build.model_id)
        return Archived(row, never_reached=not standing.reached)

    def _set_aside(
        self, build: _Build, candidate: Candidate, state: ItemState, reason: Spared | None
    ) -> None:
        build.store.set_aside(
            build.batch.id, candidate, state=state, reason=reason, at=self._clock()
        )

    def _seal(self, build: _Build, language: str) -> BatchSummary | None:
        batch = build.batch
        if not build.draft.lines:
            build.store.close_empty(batch.id)
            return None
        digest = self._sealed(build)
        build.store.finish(
            batch.id,
            file_sha256=digest,
            set_sha256=set_hash(self._account, build.store.members(batch.id)),
            workbook=self._render(build, language),
            at=self._clock(),
        )
        crashpoint("P18")
        return self.summary(batch.id)

    def _sealed(self, build: _Build) -> str:
        try:
            return build.draft.seal(build.store.known(build.batch.id))
        except ArchiveDamaged:
            # Where another took over, the rows are those of its file, and this is what tells.
            build.store.cut(build.batch.id, build.draft.lines)
            raise

    def _render(self, build: _Build, language: str) -> str:
        """The workbook's name; empty where it does not read back: the lines are the record."""
        name = build.batch.file.removesuffix(".jsonl") + ".xlsx"
        rows = self._files.rows(build.batch.file)
        try:
            self._workbook.write(name, rows, model=build.model, language=language)
        except ArchiveDamaged:
            return ""
        return name


def _stops(error: RecoveryError) -> bool:
    """One unreadable contact is read again by the next build; a broken line to Keap stops it."""
    return not isinstance(error, ContractBroken | PermanentFailure | InDoubt)
