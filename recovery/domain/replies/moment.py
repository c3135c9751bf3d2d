"""When somebody wants to be called: days, hours and parts of the day, relative to their clock."""

import re
from datetime import date, datetime, time, timedelta

from recovery.domain.replies.text import Reply

WEEKDAYS = {
    **dict.fromkeys(("lunes", "segunda", "monday", "mon"), 0),
    **dict.fromkeys(("martes", "terca", "tuesday", "tue", "tues"), 1),
    **dict.fromkeys(("miercoles", "quarta", "wednesday", "wed"), 2),
    **dict.fromkeys(("jueves", "quinta", "thursday", "thu", "thurs"), 3),
    **dict.fromkeys(("viernes", "sexta", "friday", "fri"), 4),
    **dict.fromkeys(("sabado", "saturday", "sat"), 5),
    **dict.fromkeys(("domingo", "sunday", "sun"), 6),
}
_WEEKDAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})\b(?! vez)")
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "enero janeiro january jan ene",
            "febrero fevereiro february feb fev",
            "marzo marco march mar",
            "abril april abr apr",
            "mayo maio may",
            "junio junho june jun",
            "julio julho july jul",
            "agosto august ago aug",
            "septiembre setembro setiembre september sep sept set",
            "octubre outubro october oct out",
            "noviembre novembro november nov",
            "diciembre dezembro december dic dez dec",
        ),
        1,
    )
    for name in names.split()
}
_DATE = re.compile(
    rf"\b(\d{{1,2}}) (?:de |of )?({'|'.join(MONTHS)})\b"
    rf"|\b({'|'.join(MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?\b"
)
#: `3/12`; a slash with a year is one as well.
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/\d{2,4})?(?![\d/])")
#: The number to call is no time.
_PHONE = re.compile(r"\b(?:\d ?){8,}")
_ENGLISH = re.compile(r"\b(?:call|phone|ring|at|on)\b")
_DAY_OF_MONTH = re.compile(r"\b(?:el|no|dia) (?:dia )?(\d{1,2})\b(?! ?(?:h|:|de la|hs|am|pm))")
_IN = re.compile(
    r"\b(?:en|dentro de|em|daqui a|daqui|in|within) (?:unos |uns |about |unas |umas )?(media"
    r"|meia|half|una?|uma?|an?|\d{1,3}|dos|dois|duas|two|tres|three) ?(horas?|hours?|hrs?|hs"
    r"|h|an hour|minutos?|mins?|minutes?|dias?|days?|ratito|rato)\b"
)
_NAMED_HOURS = (
    "una uma one|dos dois duas two|tres three|cuatro quatro four|cinco five|seis six"
    "|siete sete seven|ocho oito eight|nueve nove nine|diez dez ten|once onze eleven"
    "|doce doze twelve"
)
_HOUR_NAMES = {
    name: hour for hour, names in enumerate(_NAMED_HOURS.split("|"), 1) for name in names.split()
}
_NUMBERS = _HOUR_NAMES | dict.fromkeys(("un", "um", "a", "an"), 1)
_HOUR = rf"(?P<h>\d{{1,2}}|{'|'.join(_HOUR_NAMES)})"
_REST = (
    r"(?:(?::|h|\.| y | e )(?P<m>\d{2}))?(?P<half> y media| e meia)?(?P<quarter> y cuarto"
    r"| e um quarto)? ?(?P<unit>hs?|hrs?|horas|oclock|en punto|ish)?(?: ?(?P<ap>am|pm|a m|p m)\b)?"
    r"(?: (?:de|da|a|por|en|in) (?:la |the )?(?P<part>manana|manha|tarde|tardecita|noche"
    r"|noite|madrugada|morning|afternoon|evening))?"
)
_QUARTER_TO = re.compile(
    rf"\b(?:quarter|cuarto|quinze|15) (?:to|para las?|pras?|para as?|of) {_HOUR}\b"
    rf"|\b{_HOUR.replace('<h>', '<h2>')} menos (?:cuarto|quarto)\b"
)
_AT = re.compile(
    rf"\b(?:a las|a la|as|at|after|depois das|depois da|despues de las?|apos as|tipo"
    rf"|a partir das?|a partir de las?|from|sobre las|desde las|pelas|around|about|past"
    rf"|entre las|entre as|entre|between|(?:de|from)(?= \d{{1,2}} (?:a|to|as|hasta) (?:las? )?\d)"
    rf"|la|las|das|antes de las|before"
    rf"|antes das|(?:ate|hasta) (?:as|las?)|ate|hasta|until|till|by) ?{_HOUR}{_REST}(?![\d/])"
)
_CLOCK = re.compile(
    r"\b(?P<h>\d{1,2})(?:(?::|h)(?P<m>\d{2})|(?P<unit> ?(?:hs|hrs|horas|h|ish)\b)|(?= ?(?:am"
    r"|pm)\b))(?: ?(?P<ap>am|pm)\b)?"
)
_NOON = re.compile(r"\b(?:mediodia|medio dia|meio dia|noon|midday)\b")
_BEFORE = re.compile(r"\b(?:antes d|before|by|ate (?=as|\d)|until|till|hasta)")
_PARTS = (
    (re.compile(r"\b(?:primera hora|primeira hora|first thing)\b"), time(9)),
    (
        re.compile(
            r"\b(?:despues|depois|after|a seguir) (?:de |del |do |ao |a )?(?:almorzar|almuerzo"
            r"|almoco|lunch)\b"
        ),
        time(14),
    ),
    (re.compile(r"\bdespues de (?:la )?(?:comer|comida)\b"), time(16)),
    (
        re.compile(
            r"\b(?:despues|depois|after|salga|sair) (?:de |del |do )?(?:trabaj[oa]r?|trabalho"
            r"|expediente|work)\b"
        ),
        time(18),
    ),
    (
        re.compile(
            r"\b(?:por|en|de|a) la manana|\b(?:de|pela|na) manha|\bmorning|\btemprano\b"
            r"|\bmanana a la manana"
        ),
        time(9),
    ),
    (
        re.compile(
            r"\b(?:(?:por|en|a) la|a|de|da|pela|na|la) tarde|\bafternoon"
            r"|(?<!mas )(?<!mais )\btarde\b"
        ),
        time(15),
    ),
    (
        re.compile(
            r"\b(?:por|en|a|de) la noche|\b(?:a|de|pela|na) noite|\bevening|\btonight"
            r"|\bnoche\b|\bnoite\b"
        ),
        time(19),
    ),
)
_TOMORROW = re.compile(
    r"(?<!\bla )(?<!pasado )\bmanana\b|(?<!depois de )\bamanha\b|\b(?<!after )(?:tomorrow"
    r"|tmrw|tomorow)\b"
)
_AFTER_TOMORROW = re.compile(r"\bpasado manana\b|\bdepois de amanha\b|\bday after tomorrow\b")
_TODAY = re.compile(
    r"\b(?:hoy|hoje|today|tonight|esta tarde|esta noche|this (?:afternoon|evening|morning)|hoje)\b"
)


def read_moment(reply: Reply, now: datetime | None) -> str | None:
    """`2026-11-25T17:00` in the person's time; None where no time was said or `now` is unknown.

    Of a span (`entre las 10 y las 12`) it is the beginning.
    """
    if now is None:
        return None
    words = " , ".join(sentence.words for sentence in reply.sentences)
    moment = _moment(
        _PHONE.sub(" ", words),
        now.replace(tzinfo=None, second=0, microsecond=0),
        slashed=_SLASHED.search(reply.raw),
    )
    return moment.isoformat(timespec="minutes") if moment else None


def _moment(words: str, now: datetime, *, slashed: re.Match[str] | None) -> datetime | None:
    ahead = _ahead(words, now)
    if ahead is not None:
        return ahead
    day = _written_day(slashed, words, now.date()) if slashed else _day(words, now)
    hour = _hour(words)
    part = _part(words)
    if hour is None and _BEFORE.search(words):
        hour = None
    if hour is None and part is None:
        return datetime.combine(day, time(9)) if day and day > now.date() else None
    return _settle(day, hour or part or time(9), now, is_part=hour is None)


def _settle(day: date | None, hour: time, now: datetime, *, is_part: bool) -> datetime:
    """Without a day the next such moment; a part of the day that has begun is still that part."""
    moment = datetime.combine(day or now.date(), hour)
    if moment > now:
        return moment
    if is_part and moment.date() == now.date() and now < moment + timedelta(hours=3):
        return now
    evening = moment + timedelta(hours=12)
    if not is_part and evening > now and evening.hour <= 20 and evening.date() == now.date():
        return evening
    return moment if day else moment + timedelta(days=1)


def _ahead(words: str, now: datetime) -> datetime | None:
    match = _IN.search(words)
    if match is None:
        return None
    unit = match[2]
    if unit in {"rato", "ratito"}:
        return now + timedelta(minutes=30)
    if match[1] in {"media", "meia", "half"}:
        return now + timedelta(minutes=30)
    count = _NUMBERS.get(match[1]) or int(match[1])
    if unit[0] == "d":
        return datetime.combine(now.date() + timedelta(days=count), _hour(words) or time(9))
    return now + (timedelta(hours=count) if unit[0] == "h" else timedelta(minutes=count))


def _day(words: str, now: datetime) -> date | None:
    today = now.date()
    if _AFTER_TOMORROW.search(words):
        return today + timedelta(days=2)
    if _TODAY.search(words):
        return today
    if _TOMORROW.search(words):
        return today + timedelta(days=1)
    weekday = _WEEKDAY.search(words)
    if weekday and not _DATE.search(words):
        return today + timedelta(days=(WEEKDAYS[weekday[1]] - today.weekday() - 1) % 7 + 1)
    return _calendar_day(words, today)


def _written_day(slashed: re.Match[str], words: str, today: date) -> date | None:
    """Day first, but in English month first, where both are possible."""
    first, second = int(slashed[1]), int(slashed[2])
    month_first = second > 12 or (first <= 12 and _ENGLISH.search(words) is not None)
    day, month = (second, first) if month_first else (first, second)
    return _next_date(today, day, month)


def _calendar_day(words: str, today: date) -> date | None:
    named = _DATE.search(words)
    alone = _DAY_OF_MONTH.search(words)
    if named:
        return _next_date(today, int(named[1] or named[4]), MONTHS[named[2] or named[3]])
    return _next_date(today, int(alone[1]), None) if alone else None


def _next_date(today: date, day: int, month: int | None) -> date | None:
    for offset in range(13):
        year, index = divmod(today.year * 12 + today.month - 1 + offset, 12)
        if month not in (None, index + 1):
            continue
        try:
            found = date(year, index + 1, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _part(words: str) -> time | None:
    return next((hour for pattern, hour in _PARTS if pattern.search(words)), None)


def _hour(words: str) -> time | None:
    to = _QUARTER_TO.search(words)
    if to is not None:
        return _quarter_before(to["h"] or to["h2"], words)
    found = [match for match in _AT.finditer(words) if not _BEFORE.match(match.group())]
    ends = any(_BEFORE.match(match.group()) for match in _AT.finditer(words))
    match = found[0] if found else None if ends else _CLOCK.search(words)
    if match is None:
        return time(12) if _NOON.search(words) and not _BEFORE.search(words) else None
    said = match.groupdict()
    hour = _HOUR_NAMES.get(said["h"]) or int(said["h"])
    minute = 30 if said.get("half") else 15 if said.get("quarter") else int(said["m"] or 0)
    if hour > 23 or minute > 59:
        return None
    return time(_on_the_clock(hour, said, words), minute)


def _quarter_before(said: str, words: str) -> time | None:
    hour = _HOUR_NAMES.get(said) or int(said)
    return time(_on_the_clock(hour, {"h": said}, words) - 1, 45) if 0 < hour <= 23 else None


def _on_the_clock(hour: int, said: dict[str, str | None], words: str) -> int:
    """Nobody asks for a call before eight in the morning: a bare 1 to 7 is after noon."""
    mark = (said.get("ap") or "")[:1]
    part = said.get("part") or ""
    if mark == "a" or part in {"manana", "manha", "morning", "madrugada"}:
        return hour % 12 if hour == 12 else hour
    late = mark == "p" or part in {"tarde", "tardecita", "noche", "noite", "afternoon", "evening"}
    general = None if late else _part(words)
    if general and general >= time(15):
        late = True
    if hour < 12 and (late or (1 <= hour <= 7 and len(said["h"] or "") < 2 and general != time(9))):
        return hour + 12
    return hour
