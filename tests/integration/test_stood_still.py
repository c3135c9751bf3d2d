"""A process that stood still between its last look and its request wakes up and sends nothing."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from recovery.adapters.db.reach.store import SqlReachStore
from recovery.adapters.db.record.answers import SqlAnswerStore
from recovery.adapters.keap.pacer import Pacer
from recovery.adapters.twilio.pace import SharedPace
from recovery.services.pipeline import Throttle
from recovery.services.record.outbox import SETTLES_IN
from tests.installation import MEXICAN, Home, policy_file
from tests.stopped_clock import Uptime

NINETY_SECONDS = timedelta(seconds=90)
GOALS = 'goals = { integration = "recovery", unrecovered = "lost" }\n'


class Pause:
    """Happens once, where it is put; meanwhile others do what they do.

    `calls` counts who came there: whoever is held up and looks again comes a second time.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = 0
        self._monkeypatch = monkeypatch
        self._clock = Uptime(monkeypatch)

    def before(
        self, owner: type, method: str, meanwhile: Callable[[], Any], *, of: str | None = None
    ) -> None:
        """Whoever calls this method (with this first argument) stands still, the first time."""
        whole = getattr(owner, method)

        def paused(one: Any, *given: Any, **more: Any) -> Any:
            if of in (None, *given[:1]):
                self.calls += 1
                if self.calls == 1:
                    self._clock.jump(90)
                    meanwhile()
            return whole(one, *given, **more)

        self._monkeypatch.setattr(owner, method, paused)


def slowly(home: Home, *, messages_per_second: float) -> None:
    slower = home.settings.twilio.model_copy(update={"messages_per_second": messages_per_second})
    home.settings = home.settings.model_copy(update={"twilio": slower})
    home.restart()


@pytest.fixture
def pause(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pause]:
    made = Pause(monkeypatch)
    yield made
    assert made.calls, "nobody stood still: the test showed nothing"


def test_a_stop_that_came_meanwhile_is_heard(home: Home, pause: Pause) -> None:
    contact = home.contact()
    home.run("pull", "route")

    def stop() -> None:
        home.says(MEXICAN, "STOP")
        home.fresh.record.catch_up()

    pause.before(SharedPace, "take", stop)
    home.run("reach")
    assert home.messages() == []
    assert home.step(contact)["state"] != "sending"


def test_who_was_not_written_to_in_time_is_written_to_at_once_after_another_look(
    home: Home, pause: Pause, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[Throttle] = []
    monkeypatch.setattr(Throttle, "back_off", pauses.append)
    contact = home.contact()
    home.run("pull", "route")
    pause.before(SharedPace, "take", lambda: None)
    home.run("reach")
    assert pause.calls == 2
    assert len(home.messages()) == 1
    assert home.step(contact)["state"] == "accepted"
    assert pauses == []


def test_a_message_that_came_too_late_makes_no_group_larger(
    home: Home, pause: Pause, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly(home, messages_per_second=10)
    for number in range(16):
        home.contact(phones=[f"+5255{10_000_000 + number}"])
    home.run("pull", "route")
    begun: list[int] = []
    begin = SqlReachStore.begin_sending

    def noted(store: SqlReachStore, tokens: list[str], *given: Any, **more: Any) -> Any:
        begun.append(len(tokens))
        return begin(store, tokens, *given, **more)

    monkeypatch.setattr(SqlReachStore, "begin_sending", noted)
    pause.before(SharedPace, "take", lambda: None)
    home.run("reach")
    assert len(home.messages()) == 16
    assert max(begun) == 5


def test_an_answer_is_held_up_and_then_leaves_once(home: Home, pause: Pause) -> None:
    home.contact()
    home.send()
    home.says(MEXICAN, "mi correo es ana.bien@empresa.com")
    pause.before(SharedPace, "take", lambda: None)
    home.run("record")
    assert pause.calls == 2
    assert len(home.messages()) == 2


@pytest.mark.parametrize(("seconds", "leaves"), [(2, True), (6, False)])
def test_a_slow_commit_holds_an_answer_up_only_once_its_checks_are_old(
    home: Home, monkeypatch: pytest.MonkeyPatch, seconds: float, leaves: bool
) -> None:
    clock = Uptime(monkeypatch)
    start = SqlAnswerStore.start_answers

    def slow(store: SqlAnswerStore, *given: Any, **more: Any) -> Any:
        started = start(store, *given, **more)
        clock.jump(seconds)
        return started

    monkeypatch.setattr(SqlAnswerStore, "start_answers", slow)
    home.contact()
    home.send()
    home.says(MEXICAN, "mi correo es ana.bien@empresa.com")
    home.run("record")
    assert len(home.messages()) == 1 + leaves


def test_answers_that_always_come_too_late_are_left_for_the_next_time(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.contact()
    home.send()
    home.says(MEXICAN, "mi correo es ana.bien@empresa.com")
    clock = Uptime(monkeypatch)
    with monkeypatch.context() as late:
        late.setattr(SharedPace, "take", lambda _: clock.jump(2))
        home.run("record")
    assert len(home.messages()) == 1
    home.run("record")
    assert len(home.messages()) == 2


def test_few_answers_are_started_together_and_those_that_must_wait_keep_no_other_back(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [f"+5255{10_000_000 + number}" for number in range(5)]
    for number in numbers:
        home.contact(phones=[number])
    home.send()
    slowly(home, messages_per_second=4)
    home.move(home.now.replace(hour=5) + timedelta(days=1))  # 23:00 in Mexico City
    for number in numbers[:2]:
        home.says(number, "ana.nueva@empresa.com")
    home.fresh.record.drain()
    home.move(minutes=31)
    for number in numbers[2:]:
        home.says(number, "ana.nueva@empresa.com")
    begun: list[int] = []
    start = SqlAnswerStore.start_answers

    def noted(store: SqlAnswerStore, *given: Any, **more: Any) -> Any:
        started = start(store, *given, **more)
        begun.append(-1 if started is None else len(started))
        return started

    monkeypatch.setattr(SqlAnswerStore, "start_answers", noted)
    home.run("record")
    assert begun == [0, 2, 1, -1]


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("createNote", "note_created"),
        ("createTask", "task_created"),
        ("achieveGoal", "goal_achieved"),
    ],
)
def test_what_another_run_wrote_to_keap_meanwhile_is_not_written_again(
    make_home: Callable[..., Home], tmp_path: Any, pause: Pause, operation: str, kind: str
) -> None:
    home = make_home(policy=policy_file(tmp_path, GOALS))
    contact = home.contact(tags=[], phones=[MEXICAN] if kind == "task_created" else [])
    home.send()

    def taken_over() -> None:
        # Whoever takes over looks for what a dead process may have sent once it has settled.
        home.now += SETTLES_IN
        assert home.another().stages.record().note is None

    pause.before(Pacer, "take", taken_over, of=operation)
    report = home.fresh.stages.record()
    assert str(report.note).startswith("nothing to do"), report
    if kind == "goal_achieved":
        # Nobody can ask Keap for a goal: whoever took over lists it for a person.
        assert home.written(kind, contact) == []
        assert home.one("SELECT state FROM outbox WHERE kind = 'goal'") == {"state": "failed"}
    else:
        assert len(home.written(kind, contact)) == 1
