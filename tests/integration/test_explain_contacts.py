"""`explain` of a person with several contacts says which of them each fact is about."""

import pytest

from recovery.adapters.db import cases
from recovery.adapters.db.queries.explain import dossier
from recovery.cli.explain import print_dossier
from tests.installation import MEXICAN, Home


def told(home: Home, contact: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    print_dossier(dossier(home.fresh.database, contact), home.fresh)
    return [line for line in capsys.readouterr().out.splitlines() if "archived" in line]


@pytest.mark.parametrize("records", [1, 2])
def test_what_is_done_to_each_contact_names_it_where_there_are_more(
    home: Home, capsys: pytest.CaptureFixture[str], records: int
) -> None:
    contacts = [home.contact(phones=[MEXICAN]) for _ in range(records)]
    home.run("pull")
    with home.fresh.database.begin() as connection:
        for contact in contacts:
            case = {"id": home.case(contact)["id"], "contact_id": contact}
            cases.record(connection, case, "archived", home.now, batch="b1")
    lines = told(home, contacts[0], capsys)
    assert len(set(lines)) == records
    assert all((f"contact {one}" in " ".join(lines)) is (records > 1) for one in contacts)
