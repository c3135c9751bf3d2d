"""The shipped rules of countries, and what a wrong line says."""

import pytest

from recovery.adapters.files.countries import load_countries
from recovery.domain.country import iso2
from recovery.domain.email_status import EmailStatus
from recovery.errors import ConfigurationError


def test_every_shipped_rule_names_its_source_and_a_country_that_exists():
    countries = load_countries()
    assert {"MX", "BR", "AR", "CO", "ES", "PE", "CL", "US"} <= set(countries.rules)
    for code, rules in countries.rules.items():
        assert iso2(code) == code == rules.country
        assert rules.sources
        assert all(region.sources for region in rules.regions.values())


@pytest.mark.parametrize("code", ["ES", "ESP", "esp"])
def test_a_countrys_rules_are_found_by_either_code(code):
    assert load_countries().get(code).country == "ES"


@pytest.mark.parametrize("code", [None, "", "XX", "GT"])
def test_a_country_without_a_rule_has_none(code):
    assert load_countries().get(code) is None


@pytest.mark.parametrize("status", list(EmailStatus))
def test_in_spain_who_never_agreed_or_refused_is_called_only_with_consent(status):
    needs = status.number in {5, 9, 10, 11, 12, 13}
    assert load_countries().get("ES").needs_call_consent(status) is needs


def test_in_peru_nobody_is_called_without_consent():
    peru = load_countries().get("PE")
    assert peru.no_contact_without_consent
    assert all(peru.needs_call_consent(status) for status in EmailStatus)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[MX]\nweekday = "9 to 5"\nsources = ["x"]', "[MX] weekday"),
        ('[MX]\nsaturday = "18:00-08:00"\nsources = ["x"]', "[MX] saturday"),
        ('[MX]\nregistry_binds = ["sms"]\nsources = ["x"]', "[MX] registry_binds"),
        ('[MX]\nweekend = ""\nsources = ["x"]', "[MX] weekend"),
        ('[MX]\nholidays = true', "[MX] sources"),
        ('[BR]\nsources = ["x"]\n[BR.regions.RJ]\nsunday = "x"\nsources = ["x"]', "[BR.RJ] sunday"),
        ("[MX", "countries.toml"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_with_its_country_and_key(tmp_path, text, named):
    path = tmp_path / "countries.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        load_countries(path)
    assert named in str(error.value)
