"""One Prefect server for all tests of flows."""

from collections.abc import Callable, Iterator

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client

from flows import environment
from flows.deploying import make_ready
from flows.recover import at_server
from flows.server import Server, running_server


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests; flows called in a test run on it."""
    home = tmp_path_factory.mktemp("prefect")
    with running_server(home) as server, at_server(server.api):
        yield server


@pytest.fixture(scope="session")
def make_it_ready(prefect: Server, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], int]:
    """Deploys prefect.yaml; was done once already."""
    log = tmp_path_factory.mktemp("deploy") / "home" / "deploy.log"
    variables = environment.of_client(prefect.home, prefect.api)
    make_ready(variables=variables, log=log, account="Casa Prado")
    return lambda: make_ready(variables=variables, log=log, account="Casa Prado")


@pytest.fixture
def client(prefect: Server) -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as client:
        yield client
