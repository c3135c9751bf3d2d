"""Voice notes and pictures that people send are played on the card, and go nowhere else."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recovery.adapters.db.queries.card import message_with_files
from recovery.adapters.twilio.media import TwilioMedia
from recovery.errors import AuthorizationLost, ContractBroken, TemporaryFailure
from recovery.services.reps.attachments import Attachment, Attachments
from recovery.services.users.user import Role
from recovery.settings import TwilioSettings
from tests.databases import SQLITE, Template
from tests.installation import MEXICAN, Home, installed
from tests.queue_world import Floor
from tests.web_world import Browser, WebWorld, web_world

SID = "MM" + "a" * 32


@pytest.fixture(scope="module")
def spoken(
    tmp_path_factory: pytest.TempPathFactory, templates: Callable[[str], Template]
) -> Iterator[tuple[Home, int]]:
    """Somebody who answered with a voice note and a picture, and their message's row."""
    with installed(tmp_path_factory.mktemp("spoken"), templates(SQLITE)) as home:
        home.contact()
        home.send()
        home.says(MEXICAN, voice=True, picture=True)
        home.run("record")
        (row,) = home.rows("SELECT id FROM reply")
        yield home, row["id"]


def _case(home: Home) -> int:
    (row,) = home.rows("SELECT case_id FROM reply")
    return int(row["case_id"])


def test_a_file_is_fetched_behind_one_redirect_in_the_order_it_was_sent(spoken) -> None:
    home, reply = spoken
    case, reps = _case(home), home.fresh.reps
    sid = message_with_files(home.fresh.database, case, reply)
    assert sid
    note, picture = (reps.attachments.of(sid, n) for n in range(2))
    assert note
    assert picture
    assert (note.kind, note.body[:4]) == ("audio/ogg", b"OggS")
    assert (picture.kind, picture.body[1:4]) == ("image/png", b"PNG")
    assert reps.attachments.of(sid, 2) is None
    assert reps.attachments.of("MM" + "0" * 32, 0) is None
    assert reps.attachments.of("../../Messages", 0) is None


def test_a_message_of_another_case_is_not_found(spoken) -> None:
    home, reply = spoken
    assert message_with_files(home.fresh.database, _case(home) + 1, reply) is None


def test_nothing_of_a_file_is_stored(spoken) -> None:
    home, reply = spoken
    sid = message_with_files(home.fresh.database, _case(home), reply)
    home.fresh.reps.attachments.of(sid or "", 0)
    files = [one for one in home.settings.home.rglob("*") if one.is_file()]
    assert not [one for one in files if b"OpusHead" in one.read_bytes()]


@pytest.mark.parametrize("place", ["http://169.254.169.254/x", "https://evil.example/x", ""])
def test_a_redirect_elsewhere_is_not_followed(spoken, monkeypatch, place: str) -> None:
    home, reply = spoken
    sid = message_with_files(home.fresh.database, _case(home), reply)
    media = TwilioMedia(home.settings.twilio)
    asked = media._asked

    def moved(path: str):
        answer = asked(path)
        answer.headers.update({"location": place} if "location" in answer.headers else {})
        return answer

    monkeypatch.setattr(media, "_asked", moved)
    with pytest.raises(ContractBroken):
        media.fetch(sid or "", 0)


def test_a_credential_that_is_refused_and_a_provider_that_is_away_are_told_apart(spoken) -> None:
    home, reply = spoken
    sid = message_with_files(home.fresh.database, _case(home), reply) or ""
    settings = home.settings.twilio
    with pytest.raises(AuthorizationLost):
        TwilioMedia(settings.model_copy(update={"auth_token": _secret("no")})).fetch(sid, 0)
    with pytest.raises(TemporaryFailure):
        TwilioMedia(settings.model_copy(update={"base_url": "http://127.0.0.1:9"})).fetch(sid, 0)


def _secret(text: str):
    return TwilioSettings(auth_token=text).auth_token  # type: ignore[arg-type]


def test_a_file_is_asked_for_once_however_often_it_is_played() -> None:
    asked: list[tuple[str, int]] = []

    def fetch(sid: str, number: int) -> Attachment:
        asked.append((sid, number))
        return Attachment("audio/ogg", b"x" * 12 * 2**20)

    files = Attachments(fetch)
    for number in (0, 0, 1, 2, 2, 0):
        files.of(SID, number)
    assert [number for _, number in asked] == [0, 1, 2, 0], "memory is bounded"


@pytest.fixture
def web(tmp_path: Path, migrated: Template) -> Iterator[WebWorld]:
    with web_world(tmp_path, migrated) as made:
        yield made


@pytest.fixture
def rep(web: WebWorld) -> Browser:
    return web.sign_in(web.person(Role.REP))


def _reply(web: WebWorld, *kinds: str) -> tuple[int, int]:
    """A message of somebody with files of these types; their case and its row."""
    (case,) = Floor(web.recovery.database, now=web.now).people(1)
    raw = {f"MediaContentType{n}": kind for n, kind in enumerate(kinds)}
    return case, Floor(web.recovery.database, now=web.now).reply(case, sid=SID, raw=raw)


def _serve(web: WebWorld, **files: bytes) -> None:
    kinds = {name.replace("_", "/"): body for name, body in files.items()}
    listed = [Attachment(kind, body) for kind, body in kinds.items()]
    fetch = lambda sid, n: listed[n] if sid == SID and n < len(listed) else None  # noqa: E731
    web.recovery.reps.__dict__["attachments"] = Attachments(fetch)


def test_the_card_plays_what_came_where_it_stands(web: WebWorld, rep: Browser) -> None:
    case, reply = _reply(web, "audio/ogg; codecs=opus", "image/jpeg", "text/html", "")
    page = rep.get(f"/queue/{case}").html
    place = f"/queue/{case}/media/{reply}"
    assert f'<audio controls preload="none" src="{place}/0"' in page
    assert f'<img src="{place}/1"' in page
    assert page.count("Open the file") == 2


def test_a_player_gets_the_piece_it_asks_for(web: WebWorld, rep: Browser) -> None:
    case, reply = _reply(web, "audio/ogg")
    _serve(web, audio_ogg=b"0123456789")
    place = f"/queue/{case}/media/{reply}/0"
    whole, piece = rep.get(place), rep.get(place, range="bytes=2-4")
    assert (whole.status, whole.headers["content-type"]) == (200, "audio/ogg")
    assert whole.headers["cache-control"] == "no-store"
    assert (piece.status, piece.answer.content) == (206, b"234")
    assert piece.headers["content-range"] == "bytes 2-4/10"
    assert rep.get(place, range="bytes=10-").status == 416
    assert rep.get(place, range="bytes=8-").answer.content == b"89"


@pytest.mark.parametrize("kind", ["text_html", "image_svg+xml", "application_pdf"])
def test_what_could_be_a_page_is_saved_and_never_opened(web, rep, kind: str) -> None:
    case, reply = _reply(web, "")
    _serve(web, **{kind: b"<script>alert(1)</script>"})
    answer = rep.get(f"/queue/{case}/media/{reply}/0")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"


def test_a_file_of_another_case_or_number_is_no_page(web: WebWorld, rep: Browser) -> None:
    case, reply = _reply(web, "audio/ogg")
    _serve(web, audio_ogg=b"x")
    for path in (f"{case + 1}/media/{reply}/0", f"{case}/media/{reply}/1", f"{case}/media/9999/0"):
        assert rep.get(f"/queue/{path}").status == 404
