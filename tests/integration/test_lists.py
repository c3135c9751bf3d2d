"""A manager starts recovery of people by hand, and of nobody else."""

import pytest

from recovery.domain.email_status import EmailStatus
from recovery.errors import Refusal
from recovery.services.reps.lists import ListFilter
from tests.installation import BRAZILIAN, COLOMBIAN, MEXICAN, Home

BOSS = "boss@firm.example"


def test_who_is_opened_on_request_waits_for_the_request(home: Home) -> None:
    asked = home.contact("NON_MARKETABLE", tags=[])
    other = home.contact("NON_MARKETABLE", phones=[BRAZILIAN], tags=[])
    home.contact("DOUBLE_OPT_IN", phones=[COLOMBIAN], tags=[])
    home.run("pull", "route")
    lists = home.fresh.reps.lists
    assert EmailStatus.NON_MARKETABLE in lists.statuses()
    assert [one.contact_id for one in lists.startable()] == [asked, other]
    assert lists.startable(ListFilter(status=EmailStatus.NO_EMAIL)) == []
    started = lists.start([asked], by=BOSS)
    assert (started.asked, started.opened) == (1, 1)
    assert [one.contact_id for one in lists.startable()] == [other]
    home.run("route", "reach")
    assert home.step(asked, "c1")["state"] == "queued"
    assert home.rows("SELECT actor FROM audit WHERE action = 'list.started'") == [{"actor": BOSS}]


@pytest.mark.parametrize("channels", [["all"], ["whatsapp", "call"]])
def test_nobody_is_asked_for_who_wants_no_contact(home: Home, channels: list[str]) -> None:
    asked = home.contact("NON_MARKETABLE")
    home.run("pull")
    lists = home.fresh.reps.lists
    rows = [{"number": MEXICAN, "channel": channel} for channel in channels]
    for row in rows:
        assert [one.contact_id for one in lists.startable()] == [asked]
        home.fresh.imports.do_not_contact([(2, row)], defaults={"source": "x"}, is_block_list=False)
    assert lists.startable() == []
    started = lists.start([asked], by=BOSS)
    assert (started.asked, started.opened) == (0, 0)
    assert home.rows("SELECT id FROM recovery_case") == []


def test_asking_twice_or_for_somebody_deliverable_opens_nothing(home: Home) -> None:
    fine = home.contact("DOUBLE_OPT_IN", tags=[])
    asked = home.contact("NON_MARKETABLE", phones=[BRAZILIAN], tags=[])
    home.run("pull")
    lists = home.fresh.reps.lists
    assert lists.start([asked, asked, fine], by=BOSS).opened == 1
    assert lists.start([asked, fine], by=BOSS).asked == 0
    with pytest.raises(Refusal, match="choose somebody"):
        lists.start([], by=BOSS)
