"""The real web app on a free port, which is the first line it prints."""

import socket
import sys

from benchmarks.place import Place
from recovery.cli.servers import web_app
from recovery.web.serve import server

if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host, port = listener.getsockname()
        print(f"http://{host}:{port}", flush=True)
        app = web_app(Place.from_json(sys.argv[1]).recovery())
        server(app, host=host, port=port).run([listener])
