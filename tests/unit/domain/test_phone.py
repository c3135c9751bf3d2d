"""Phones: what people type, what we send to, and one key a subscriber."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recovery.domain import numbering
from recovery.domain.phone import (
    Phone,
    PhoneKind,
    PhoneProblem,
    dial_forms,
    phone_from_e164,
    read_closely,
    read_phones,
)

MOBILE, LANDLINE, EITHER, OTHER = PhoneKind

READ = [
    # Mexico: the old prefixes and the mobile 1 are gone since 2019
    ("55 1234 5678", "MX", "+525512345678", EITHER),
    ("(55) 1234-5678", "MEX", "+525512345678", EITHER),
    ("044 55 1234 5678", "MX", "+525512345678", EITHER),
    ("045 664 123 4567", "MX", "+526641234567", EITHER),
    ("01 55 1234 5678", "MX", "+525512345678", EITHER),
    ("+52 1 55 1234 5678", None, "+525512345678", EITHER),
    ("+52 (1) 55 1234 5678", None, "+525512345678", EITHER),
    ("+52 044 55 1234 5678", None, "+525512345678", EITHER),
    ("521 55 1234 5678", "MX", "+525512345678", EITHER),
    ("52 55 1234 5678", "MX", "+525512345678", EITHER),
    ("00 52 1 55 1234 5678", None, "+525512345678", EITHER),
    ("(+52) 55.1234.5678", None, "+525512345678", EITHER),
    # Brazil: the ninth digit, trunk zeros, carriers; landlines stay as they are
    ("(11) 98765-4321", "BR", "+5511987654321", MOBILE),
    ("11 8765-4321", "BRA", "+5511987654321", MOBILE),
    ("011 98765-4321", "BR", "+5511987654321", MOBILE),
    ("0xx11 98765-4321", "BR", "+5511987654321", MOBILE),
    ("(0xx11) 98765-4321", "BR", "+5511987654321", MOBILE),
    ("0 15 11 98765-4321", "BR", "+5511987654321", MOBILE),
    ("+55 65 8123-4567", None, "+5565981234567", MOBILE),
    ("+55 (0) 11 98765-4321", None, "+5511987654321", MOBILE),
    ("55 11 98765 4321", "BR", "+5511987654321", MOBILE),
    ("55 98123 4567", "BR", "+5555981234567", MOBILE),
    ("0055 11 98765-4321", "BR", "+5511987654321", MOBILE),
    ("11 3333-4444", "BR", "+551133334444", LANDLINE),
    ("+55 11 2345-6789", None, "+551123456789", LANDLINE),
    ("0800 123 4567", "BR", "+558001234567", OTHER),
    # Argentina: 15 at home, 9 from abroad, sometimes both
    ("011 15-2345-6789", "AR", "+5491123456789", MOBILE),
    ("11 15 2345 6789", "ARG", "+5491123456789", MOBILE),
    ("+54 9 11 2345 6789", None, "+5491123456789", MOBILE),
    ("+54 9 11 15 2345 6789", None, "+5491123456789", MOBILE),
    ("9 11 2345 6789", "AR", "+5491123456789", MOBILE),
    ("0351 15 412-3456", "AR", "+5493514123456", MOBILE),
    ("(011) 4321-1234", "AR", "+541143211234", LANDLINE),
    # Colombia: landlines have ten digits since 2021
    ("300 123 4567", "CO", "+573001234567", MOBILE),
    ("601 234 5678", "COL", "+576012345678", LANDLINE),
    ("(1) 234 5678", "CO", "+576012345678", LANDLINE),
    ("03 1 234 5678", "CO", "+576012345678", LANDLINE),
    ("+57 (4) 444 5566", None, "+576044445566", LANDLINE),
    ("612 34 56 78", "ES", "+34612345678", MOBILE),
    ("91 123 45 67", "ESP", "+34911234567", LANDLINE),
    ("9 8123 4567", "CL", "+56981234567", EITHER),
    ("09 8123 4567", "CHL", "+56981234567", EITHER),
    ("2 2123 4567", "CL", "+56221234567", EITHER),
    ("987 654 321", "PE", "+51987654321", MOBILE),
    ("(01) 234 5678", "PER", "+5112345678", LANDLINE),
    ("099 123 4567", "EC", "+593991234567", MOBILE),
    ("(02) 234-5678", "ECU", "+59322345678", LANDLINE),
    ("646-555-1234", "US", "+16465551234", EITHER),
    ("1 (646) 555-1234", "USA", "+16465551234", EITHER),
    ("011 52 55 1234 5678", "US", "+525512345678", EITHER),
    ("099 123 456", "UY", "+59899123456", MOBILE),
    ("2901 1234", "URY", "+59829011234", LANDLINE),
    ("0412-1234567", "VE", "+584121234567", MOBILE),
    ("(0212) 123.45.67", "VEN", "+582121234567", LANDLINE),
    ("5123 4567", "GT", "+50251234567", MOBILE),
    ("2234-5678", "GTM", "+50222345678", LANDLINE),
    ("8888-1234", "CR", "+50688881234", MOBILE),
    ("2222-1234", "CRI", "+50622221234", LANDLINE),
    ("6123-4567", "PA", "+50761234567", MOBILE),
    ("223-4567", "PAN", "+5072234567", LANDLINE),
    ("809-555-1234", "DO", "+18095551234", EITHER),
    ("1-829-555-1234", "DOM", "+18295551234", EITHER),
    ("(787) 555-1234", "PR", "+17875551234", EITHER),
    ("939 555 1234", "PRI", "+19395551234", EITHER),
    # What stands around a number
    ("Tel.: 55 1234 5678", "MX", "+525512345678", EITHER),
    ("WhatsApp5512345678", "MX", "+525512345678", EITHER),
    ("55 1234 5678 ext. 1234", "MX", "+525512345678", EITHER),
    ("55 1234 5678 x12", "MX", "+525512345678", EITHER),
    ("11 3333-4444 ramal 4321", "BR", "+551133334444", LANDLINE),
    ("2234-5678#12", "GT", "+50222345678", LANDLINE),
    ("55 1234 5678 lunes a viernes de 9 a 18", "MX", "+525512345678", EITHER),
    ("desde 12/05/2023: 55 1234 5678", "MX", "+525512345678", EITHER),
    ("ana2023@mail.com 55 1234 5678", "MX", "+525512345678", EITHER),
    ("https://wa.me/5215512345678", None, "+525512345678", EITHER),
    ("5512345678.0", "MX", "+525512345678", EITHER),
    ("55,1234,5678", "MX", "+525512345678", EITHER),
    ("\u202a+52\u00a055\u20111234\u20115678\u202c", None, "+525512345678", EITHER),
    ("٥٥١٢٣٤٥٦٧٨", "MX", "+525512345678", EITHER),
    ("+44 (0)20 7946 0958", "MX", "+442079460958", LANDLINE),
]

REFUSED = [
    ("", "MX", PhoneProblem.empty),
    ("  \n", "MX", PhoneProblem.empty),
    ("no tiene", "MX", PhoneProblem.no_number),
    ("31-12-2020", "GT", PhoneProblem.no_number),
    ("5.51235E+11", "MX", PhoneProblem.no_number),
    ("55 1234 5678", None, PhoneProblem.no_country),
    ("5215512345678", None, PhoneProblem.no_country),
    ("55 1234 5678", "XX", PhoneProblem.no_country),
    ("12", "MX", PhoneProblem.too_short),
    ("1234 5678", "MX", PhoneProblem.too_short),
    ("+52 55 1234", None, PhoneProblem.too_short),
    ("55 1234 5678 90", "MX", PhoneProblem.too_long),
    # valid only in another country than the region
    ("1 646 555 1234", "MX", PhoneProblem.too_long),
    ("(555) 555-2671", "UY", PhoneProblem.not_valid),
    ("612 34 56 78", "PE", PhoneProblem.not_valid),
    ("11 98765-4321", "ES", PhoneProblem.too_long),
    ("+999 123 456 789", None, PhoneProblem.not_valid),
    ("0900 123 456", "BR", PhoneProblem.not_reachable),
    ("+881612345678", None, PhoneProblem.not_reachable),
]


@pytest.mark.parametrize(("text", "region", "e164", "kind"), READ)
def test_a_number_is_read_in_its_modern_form(text, region, e164, kind):
    reading = read_phones(text, region=region)
    assert [(p.e164, p.kind) for p in reading.phones] == [(e164, kind)]
    assert reading.reason is None


@pytest.mark.parametrize(("text", "region", "reason"), REFUSED)
def test_what_is_no_number_has_one_of_a_closed_set_of_reasons(text, region, reason):
    reading = read_phones(text, region=region)
    assert (reading.phones, reading.reason) == ((), reason)


@pytest.mark.parametrize(
    ("text", "region", "e164s"),
    [
        (
            "whatsapp 55 1234 5678 / casa 55 8765 4321 ext. 12",
            "MX",
            ["+525512345678", "+525587654321"],
        ),
        ("55 1234 5678 55 8765 4321", "MX", ["+525512345678", "+525587654321"]),
        ("55 1234 5678 - 55 8765 4321", "MX", ["+525512345678", "+525587654321"]),
        ("(11) 98765-4321 e (11) 3333-4444", "BR", ["+5511987654321", "+551133334444"]),
        ("+34 612 34 56 78, 55 1234 5678", "MX", ["+34612345678", "+525512345678"]),
        ("+34 612 34 56 78 +52 1 55 1234 5678", None, ["+34612345678", "+525512345678"]),
        ("55 1234 5678; +52 1 55 1234 5678", "MX", ["+525512345678"]),
        ("55 1234 5678 / 79", "MX", ["+525512345678"]),
        ("612345678\n911234567", "ES", ["+34612345678", "+34911234567"]),
    ],
)
def test_several_numbers_in_one_text_give_several(text, region, e164s):
    assert [phone.e164 for phone in read_phones(text, region=region).phones] == e164s


@pytest.mark.parametrize(
    "variants",
    [
        ["+525512345678", "+5215512345678"],
        ["+541123456789", "+5491123456789"],
        ["+556581234567", "+5565981234567"],
    ],
)
def test_all_spellings_of_a_subscriber_have_one_key(variants):
    phones = [phone_from_e164(variant) for variant in variants]
    assert len({phone.key for phone in phones}) == 1
    assert set(variants) <= {form for phone in phones for form in dial_forms(phone)}


def test_a_brazilian_landline_is_never_rewritten():
    landline = phone_from_e164("+551133334444")
    assert dial_forms(landline) == ("+551133334444",)
    assert landline.key == "+551133334444"


def test_dropping_the_ninth_digit_never_gives_somebody_elses_landline():
    assert dial_forms(phone_from_e164("+5511923456789")) == ("+5511923456789",)


def test_keaps_own_reading_adds_no_country():
    reading = read_phones("55 1234 5678", region=None, stated_e164="+15512345678")
    assert reading.reason is PhoneProblem.no_country


def test_keaps_own_reading_does_not_replace_what_the_text_says():
    reading = read_phones("55 1234 5678", region="MX", stated_e164="+15512345678")
    assert [phone.e164 for phone in reading.phones] == ["+525512345678"]


def test_keaps_own_reading_tells_an_argentine_mobile_when_it_agrees():
    reading = read_phones("11 2345 6789", region="AR", stated_e164="+5491123456789")
    assert reading.phones == (Phone("+5491123456789", "+541123456789", MOBILE, "AR"),)


@pytest.mark.parametrize(
    "form", ["+5215512345678", "5215512345678", "whatsapp:+5215512345678", "whatsapp:5215512345678"]
)
def test_a_number_from_twilio_is_read_in_any_of_its_forms(form):
    assert phone_from_e164(form).e164 == "+525512345678"


@pytest.mark.parametrize("form", ["", "client:ana", "whatsapp:", "+52", "+999123456789"])
def test_what_twilio_sends_without_a_number_is_none(form):
    assert phone_from_e164(form) is None


DIGITS = st.integers(0, 9).map(str)
LATIN = ["MX", "BR", "AR", "CO", "CL", "PE", "EC", "UY", "VE", "GT", "CR", "PA", "DO", "PR"]
COUNTRIES = [*LATIN, "ES", "US"]
CODES = {code: phonenumbers.country_code_for_region(code) for code in COUNTRIES}


def _shaped(draw, digits):
    """The digits as somebody might group them, signs and all."""
    parts = [draw(st.sampled_from(["", "", " ", "-", ") ", " ("])) + digit for digit in digits]
    return "".join(parts)


@st.composite
def texts(draw):
    """Clean-looking texts, near enough to real numbers that many are valid."""
    country = draw(st.sampled_from(COUNTRIES))
    seed = phonenumbers.example_number_for_type(
        country, draw(st.sampled_from([0, 1, 3]))
    ) or phonenumbers.example_number(country)
    national = str(seed.national_number)
    keep = draw(st.integers(1, len(national)))
    rest = draw(st.lists(DIGITS, min_size=len(national) - keep, max_size=len(national) - keep + 1))
    prefix = draw(st.sampled_from(["", "", "", "0", "1", "9", "01", "15", "90", "044", "00"]))
    digits = prefix + national[:keep] + "".join(rest)
    if draw(st.booleans()):
        return "+" + _shaped(draw, str(CODES[country]) + digits), draw(
            st.sampled_from([None, *COUNTRIES])
        )
    return _shaped(draw, digits), draw(st.sampled_from([country, None, "US"]))


@given(texts())
@example(("31-12-2020", "GT"))
@example(("2020-12-31", "GT"))
@example(("22-1-2000 0", "CR"))
@example(("22( 0)22 1234", "CR"))
@example(("+44 (0)20 7946 0958", None))
@example((" +52 1 55 1234 5678", None))
def test_the_quick_reading_never_differs_from_the_close_one(case):
    text, region = case
    assert read_phones(text, region=region) == read_closely(text, region=region)


@given(st.sampled_from(sorted(CODES.values())), st.from_regex(r"[1-9][0-9]{6,11}", fullmatch=True))
def test_what_the_plans_match_is_what_the_librarys_own_parser_finds(code, national):
    digits = numbering.modern(code, national, from_abroad=False)
    found = numbering.match(code, digits)
    if found and digits[0] != "0":
        assert numbering.parse(code, digits) == found


@given(texts())
def test_every_number_we_send_to_is_valid_and_reads_as_itself(case):
    text, region = case
    for phone in read_phones(text, region=region).phones:
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone.e164, None))
        assert phone_from_e164(phone.e164) == phone
        assert dial_forms(phone)[0] == phone.e164


@given(texts())
def test_the_key_is_one_over_all_forms_of_a_number(case):
    text, region = case
    for phone in read_phones(text, region=region).phones:
        forms = [phone_from_e164(form) for form in dial_forms(phone)]
        assert {form.key for form in forms} == {phone.key}


@given(texts())
def test_without_a_plus_no_number_of_another_calling_code_comes_out(case):
    text, region = case
    digits = "".join(each for each in text if each.isdigit())
    if "+" in text or digits.startswith(("00", "011")):
        return
    for phone in read_phones(text, region=region).phones:
        assert phone.e164.startswith(f"+{CODES[region]}")


@given(st.text(max_size=60), st.sampled_from([None, *COUNTRIES]))
def test_any_text_gives_numbers_or_a_reason(text, region):
    reading = read_phones(text, region=region)
    assert bool(reading.phones) != bool(reading.reason)


@pytest.mark.parametrize("region", [None, "US", "CO"])
def test_the_digits_of_keaps_own_reading_say_that_a_bare_number_is_international(region):
    reading = read_phones("52 55 1234 5678", region=region, stated_e164="+525512345678")
    assert [phone.e164 for phone in reading.phones] == ["+525512345678"]


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("55 1234 5678", "+525512345678"),
        ("525512345678", "+525512345679"),
        ("525512345678", "+5255123456780"),
        ("casa 525512345678", "+525512345678"),
        ("9991234567890", "+9991234567890"),
    ],
)
def test_any_other_reading_of_keaps_is_not_believed(text, stated):
    assert read_phones(text, region=None, stated_e164=stated).phones == ()
