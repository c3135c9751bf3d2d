"""Which of our three languages a person is spoken to in."""

_SPANISH = "AR BO CL CO CR CU DO EC ES GQ GT HN MX NI PA PE PR PY SV UY VE"
_PORTUGUESE = "BR PT AO MZ CV"
_ENGLISH = "US GB CA AU NZ IE ZA IN NG KE JM TT"
_BY_COUNTRY = {
    country: language
    for language, countries in (("es", _SPANISH), ("pt", _PORTUGUESE), ("en", _ENGLISH))
    for country in countries.split()
}


def language_of(*, locale: str | None, countries: tuple[str | None, ...], default: str) -> str:
    """The record's locale decides; then the first country that tells; then the default."""
    spoken = (locale or "").replace("-", "_").split("_")[0].lower()
    if spoken in ("es", "pt", "en"):
        return spoken
    told = (_BY_COUNTRY[c] for c in countries if c in _BY_COUNTRY)
    return next(told, default)
