"""The reps' queue: lanes, order, claims that hold, and whose people are whose."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from recovery.adapters.db.users.owners import SqlKeapUsers
from recovery.domain.lane import Lane, SkipReason
from recovery.errors import Refusal
from recovery.services.ports import CrmUser
from recovery.services.reps.queue_store import Filters
from tests.queue_world import MADRID, MANAUS, Floor, a_floor

ANA, LUIS = "ana@firm.example", "luis@firm.example"


@pytest.fixture
def floor(database_url: str) -> Iterator[Floor]:
    with a_floor(database_url) as made_floor:
        made_floor.hire(ANA, LUIS)
        yield made_floor


def test_two_reps_on_one_lane_of_500_people_meet_nobody_twice_and_lose_nobody(
    floor: Floor,
) -> None:
    everyone = floor.people(500)
    floor.queue().refresh()
    met: dict[str, list[int]] = {ANA: [], LUIS: []}
    broken: list[BaseException] = []

    def work(rep: str) -> None:
        queue = floor.queue()
        try:
            while (case_id := queue.next(rep)) is not None:
                met[rep].append(case_id)
                floor.is_done(case_id)
        except BaseException as error:  # noqa: BLE001 (shown in the test's own thread)
            broken.append(error)

    threads = [threading.Thread(target=work, args=(rep,)) for rep in met]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert sorted(met[ANA] + met[LUIS]) == everyone
    assert min(len(met[ANA]), len(met[LUIS])) > 0


def test_a_held_person_is_handed_on_once_their_rep_is_silent(floor: Floor) -> None:
    (only,) = floor.people(1)
    queue = floor.queue()
    queue.refresh()
    assert queue.next(ANA) == only
    assert queue.next(LUIS) is None
    with pytest.raises(Refusal, match="somebody else"):
        queue.claim(LUIS, only)
    floor.move(minutes=4)
    assert queue.beat(ANA, only)
    floor.move(minutes=4)
    assert queue.next(LUIS) is None
    floor.move(minutes=2)
    assert queue.next(LUIS) == only
    assert not queue.beat(ANA, only)
    assert queue.held(ANA) is None


def test_a_rep_holds_one_person_and_lets_go_of_the_one_before(floor: Floor) -> None:
    first, second = floor.people(2)
    queue = floor.queue()
    queue.refresh()
    assert [queue.next(ANA), queue.next(ANA, but=first)] == [first, second]
    assert queue.next(LUIS) == first


def test_who_promises_most_comes_first_and_who_asked_for_a_call_before_all(floor: Floor) -> None:
    poor, rich = floor.people(2, values=[1.0, 400.0])
    (asked,) = floor.people(1, step="callback-202611241700", state="engaged")
    queue = floor.queue()
    queue.refresh()
    shown = [waiter.case_id for waiter in queue.page(Lane.NOW).waiters]
    assert shown == [rich, poor]
    assert queue.next(ANA) == asked


def test_an_empty_lane_says_when_and_where_the_next_people_can_be_called(floor: Floor) -> None:
    floor.people(3, zone=MADRID)
    queue = floor.queue()
    queue.refresh()
    board = queue.board()
    assert (board.counts[Lane.NOW], board.counts[Lane.LATER]) == (0, 3)
    assert board.opening is not None
    assert (board.opening.people, board.opening.place) == (3, "Madrid")
    assert board.opening.at.isoformat() == "2026-11-25T08:00:00+00:00"
    floor.people(1, zone=MANAUS)
    queue.refresh()
    assert queue.board().opening is None


def test_a_turn_follows_so_many_changes_and_leaves_the_others_for_the_next(floor: Floor) -> None:
    floor.people(120)
    queue = floor.queue()
    assert queue.refresh(sets=1) < 120
    assert 0 < queue.board().counts[Lane.NOW] < 120
    queue.refresh(sets=2)
    assert queue.board().counts[Lane.NOW] == 120


def test_who_a_rep_acted_on_is_shown_as_they_are_before_all_who_changed_earlier(
    floor: Floor,
) -> None:
    *_, last = floor.people(120)
    queue = floor.queue()
    queue.follow([last])
    assert [waiter.case_id for waiter in queue.page(Lane.NOW).waiters] == [last]


def test_pages_follow_each_other_without_gap_or_repeat(floor: Floor) -> None:
    everyone = floor.people(120, values=[float(n % 7) for n in range(120)])
    queue = floor.queue()
    queue.refresh()
    seen: list[int] = []
    after: str | None = None
    while True:
        page = queue.page(Lane.NOW, after=after)
        seen += [waiter.case_id for waiter in page.waiters]
        after = page.after
        if after is None:
            break
    assert len(seen) == 120
    assert sorted(seen) == everyone
    with pytest.raises(Refusal, match="first one"):
        queue.page(Lane.NOW, after="nonsense")


def test_later_shows_who_is_due_first(floor: Floor) -> None:
    late = floor.people(60, due=timedelta(days=2))
    soon = floor.people(1, due=timedelta(hours=1))
    queue = floor.queue()
    queue.refresh()
    first = queue.page(Lane.LATER)
    second = queue.page(Lane.LATER, after=first.after)
    shown = [waiter.case_id for page in (first, second) for waiter in page.waiters]
    assert shown == soon + late


def test_filters_and_counts_agree(floor: Floor) -> None:
    floor.people(3, language="pt", status="INVALID")
    floor.people(2)
    queue = floor.queue()
    queue.refresh()
    for filters, count in (
        (Filters(language="pt"), 3),
        (Filters(status="HARD_BOUNCE"), 2),
        (Filters(country="MX"), 5),
        (Filters(attempt=2), 0),
        (Filters(owners=(ANA,)), 0),
        (Filters.of_rep(ANA), 5),
    ):
        assert queue.board(filters).counts[Lane.NOW] == count
        assert len(queue.page(Lane.NOW, filters).waiters) == count


def test_keaps_owner_is_the_rep_until_they_leave(floor: Floor) -> None:
    (theirs,) = floor.people(1, owner_id="7")
    users = [CrmUser("7", "Ana Prado", "Ana@Firm.example", is_active=True)]
    SqlKeapUsers(floor.database).save(users, floor.now)
    queue = floor.queue()
    queue.refresh()
    assert queue.page(Lane.NOW).waiters[0].owner == ANA
    assert queue.next(LUIS) is None
    floor.fire(ANA)
    queue.refresh()
    assert queue.page(Lane.NOW).waiters[0].owner == ""
    assert queue.next(LUIS) == theirs


def test_a_manager_gives_people_to_a_rep_and_back(floor: Floor) -> None:
    ids = floor.people(3)
    queue = floor.queue()
    queue.refresh()
    assert queue.next(ANA) == ids[0]
    assert queue.assign_lane(Lane.NOW, Filters(), LUIS, by="boss@firm.example") == 3
    assert queue.next(ANA) is None
    assert queue.next(LUIS) == ids[0]
    assert queue.assign(ids, LUIS, by="boss@firm.example") == 0
    assert queue.assign(ids[1:], None, by="boss@firm.example") == 2
    assert queue.next(ANA) == ids[1]
    with pytest.raises(Refusal, match="nobody who works here"):
        queue.assign(ids, "gone@firm.example", by="boss@firm.example")


def test_an_agreed_call_of_somebody_late_is_everybodys(floor: Floor) -> None:
    (asked,) = floor.people(
        1, step="callback-202611241800", due=timedelta(0), state="engaged", owner_id="7"
    )
    SqlKeapUsers(floor.database).save([CrmUser("7", "Ana", ANA, is_active=True)], floor.now)
    queue = floor.queue()
    queue.refresh()
    assert queue.next(LUIS) is None
    floor.move(minutes=31)
    queue.refresh()
    assert queue.next(LUIS) == asked


def test_a_skipped_person_comes_back_and_the_reason_is_kept(floor: Floor) -> None:
    (only,) = floor.people(1)
    queue = floor.queue()
    queue.refresh()
    queue.next(ANA)
    with pytest.raises(Refusal, match="say why"):
        queue.skip(ANA, only, SkipReason.OTHER)
    queue.skip(ANA, only, SkipReason.LANGUAGE)
    assert queue.next(LUIS) is None
    floor.move(hours=2, minutes=1)
    assert queue.next(LUIS) == only
    with floor.database.read() as connection:
        told = connection.execute(sa.text("SELECT kind, actor FROM outcome")).all()
    assert told == [("skipped", ANA)]


def test_whoever_changes_a_case_need_not_know_of_the_queue(floor: Floor) -> None:
    stays, goes = floor.people(2)
    queue = floor.queue()
    queue.refresh()
    with floor.database.begin() as connection:
        query = sa.text("UPDATE recovery_case SET state = 'closed' WHERE id = :id")
        connection.execute(query, {"id": goes})
    queue.refresh()
    assert [waiter.case_id for waiter in queue.page(Lane.NOW).waiters] == [stays]
