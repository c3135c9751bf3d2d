"""T2 for OAuth2: whoever renews the tokens dies at each point; no pair is lost in silence."""

from typing import Any

import pytest

from recovery.crashpoints import Kind
from tests.chaos.processes import Step, Warm
from tests.chaos.test_crash_matrix import as_told_by_driver
from tests.installation import Home

PULL: list[Step] = [("stage", "pull")]


def connected(home: Home) -> dict[str, Any]:
    """The settings of an app that was connected to Keap."""
    options, url = home.sandbox.options, home.sandbox.url
    return {
        "keap": {
            "base_url": f"{url}/crm",
            "token_url": f"{url}/token",
            "client_id": options.keap_client_id,
            "client_secret": options.keap_client_secret,
            "refresh_token": options.keap_refresh_token,
            "calls_per_second": 100_000,
        }
    }


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("point", ["P23", "P24", "P25"])
def test_who_renews_the_tokens_may_die_anywhere(
    home: Home, warm: Warm, point: str, kind: Kind
) -> None:
    settings, folder = connected(home), home.settings.home
    home.contact()
    assert warm.run(home, PULL, settings=settings) == 0
    home.move(hours=13)
    crash = as_told_by_driver(home, f"{point}:{kind}")
    status = warm.run(home, PULL, crash=crash, settings=settings)
    assert (folder / "fired").exists() or status == -9, "the point was never passed"
    # Half of the access token's life is left: work goes on meanwhile.
    assert warm.run(home, PULL, settings=settings) == 0
    home.move(hours=12)
    is_lost = point == "P24"
    assert warm.run(home, PULL, settings=settings) == is_lost
    assert ("was lost" in (folder / "child.log").read_text()) == is_lost
    assert home.sandbox.ledger("keap.token_reused") == [] or is_lost
