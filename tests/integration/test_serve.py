"""The server's end: what was asked for is no failure, and requests under way are answered."""

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, os, signal, socket, threading, urllib.request
from contextlib import asynccontextmanager
from fastapi import FastAPI
from recovery.web.serve import run

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]

def tell(word):
    os.write(1, f"{word}\\n".encode())  # in one piece: two threads tell

@asynccontextmanager
async def lifespan(app):
    asking.start()
    yield
    tell("closed")

def ask():
    while True:
        try:
            tell(urllib.request.urlopen(f"http://127.0.0.1:{port}/").read().decode())
            return
        except OSError:
            pass

asking = threading.Thread(target=ask, daemon=True)
app = FastAPI(lifespan=lifespan)

@app.get("/")
async def slow():
    signal.raise_signal(signal.Signals(SIGNAL))
    await asyncio.sleep(0.2)
    return "answered"

run(app, host="127.0.0.1", port=port)
tell("returned")
asking.join(20)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_answers_who_is_there_and_returns(number: signal.Signals) -> None:
    program = PROGRAM.replace("SIGNAL", str(int(number)))
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert sorted(ended.stdout.split()) == ['"answered"', "closed", "returned"]
