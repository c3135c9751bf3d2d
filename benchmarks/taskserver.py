"""A Prefect server for the contender `prefect`, until it is told to end.

The first line it prints has the address of its API and the number of its process.
"""

import sys
from pathlib import Path

from flows.server import running_server

if __name__ == "__main__":
    with running_server(Path(sys.argv[1])) as server:
        process = server.child and server.child.process
        print(server.api, process.pid if process else 0, flush=True)
        sys.stdin.read()
