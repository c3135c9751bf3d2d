"""A warm process whose children live stages: a fork takes milliseconds, an interpreter a second.

Orders come as JSON lines: what a child shall live is answered with its process id, and a wait for
a child with its exit status.
"""

import gc
import json
import os
import sys
import time
import traceback
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

_really_sleep = time.sleep
#: Waits between tries are cut short, as time is where it can be moved.
time.sleep = lambda seconds: _really_sleep(min(seconds, 0.02))

from recovery import crashpoints  # noqa: E402 (whoever is imported first keeps the slow sleep)
from recovery.bootstrap import Recovery  # noqa: E402
from recovery.domain.phone import phone_from_e164  # noqa: E402
from recovery.settings import KeapSettings, TwilioSettings  # noqa: E402
from tests.chaos.processes import BROKEN  # noqa: E402
from tests.installation import settings_for  # noqa: E402

Order = dict[str, Any]


class Life:
    """One process on a home: the steps of an order from where the one before it died."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.home = Path(order["home"])
        self.now = datetime.fromisoformat(order["now"])
        given = dict(order.get("settings", {}))
        if "keap" in given:
            given["keap"] = KeapSettings(**given["keap"])
        if "twilio" in given:
            given["twilio"] = TwilioSettings(**given["twilio"])
        settings = settings_for(
            SimpleNamespace(url=order["url"]),  # type: ignore[arg-type]
            self.home,
            **given,
        )
        self.recovery = Recovery(settings, clock=lambda: self.now)

    def live(self) -> int:
        """Each step that ended is written down."""
        done = 0
        for number, (what, value) in enumerate(self.order["steps"], start=1):
            if number <= self.order.get("since", 0):
                self.now = datetime.fromisoformat(value) if what == "move" else self.now
                continue
            code = getattr(self, what)(value)
            if code:
                return int(code)
            done = number
            (self.home / "done").write_text(str(done))
        return 0

    def move(self, to: str) -> None:
        """Time passes for everybody."""
        import requests

        self.now = datetime.fromisoformat(to)
        answer = requests.post(f"{self.order['url']}/_sandbox/clock", json={"now": to}, timeout=30)
        answer.raise_for_status()

    def stage(self, name: str) -> int:
        """One stage as a schedule runs it; a broken one ends the process."""
        report = getattr(self.recovery.stages, name)()
        sys.stderr.write(f"{name}: {report}\n")
        return BROKEN if report.broken else 0

    def cli(self, words: list[str]) -> int:
        """A command as typed, which reads settings and policy by itself; its exit code."""
        os.environ.update(self.order["environment"])
        told = Recovery.__init__.__kwdefaults__
        assert told
        told["clock"] = lambda: self.now
        from recovery.cli import app

        try:
            app(words, prog_name="recovery")
        except SystemExit as end:
            return int(end.code or 0)
        return 0

    def call(self, wish: dict[str, Any]) -> None:
        """A rep presses the button."""
        self.recovery.calling.call(wish["rep"], case_id=wish["case"])

    def say(self, wish: dict[str, Any]) -> None:
        """A rep says what happened on a call."""
        from recovery.services.reps.dispositions import Word

        word = Word(wish["code"])
        self.recovery.reps.dispositions.say(wish["rep"], wish["case"], word)

    def carry_out(self, _: None) -> None:
        """What reps said is carried out once it can be undone no more."""
        self.recovery.reps.catch_up()

    def write(self, wish: dict[str, Any]) -> None:
        """A rep writes on WhatsApp, and the text leaves."""
        self.recovery.reps.writing.write(wish["rep"], wish["case"], wish["body"])
        self.recovery.reps.writing.send_due()

    def delete(self, batch: str) -> None:
        """Deletes a whole approved batch."""
        self.recovery.deletion.delete(batch, everything=True)

    def web(self, port: int) -> None:
        """Serves the webhooks until the file `stop` is there; `fired` appears as soon as it may."""
        import threading

        from recovery.cli.servers import web_app
        from recovery.web.serve import server

        serving = server(web_app(self.recovery), host="127.0.0.1", port=port)

        def wait() -> None:
            while not (self.home / "stop").exists():
                _note_fired(self.order)
                _really_sleep(0.02)
            serving.should_exit = True

        threading.Thread(target=wait, daemon=True).start()
        serving.run()


def _note_fired(order: Order) -> None:
    """Leaves a file once the point that this process was to crash at was passed."""
    if order.get("crash") and getattr(crashpoints.crashpoint, "plan", None) is None:
        (Path(order["home"]) / "fired").touch()


def _child(order: Order) -> int:
    folder = Path(order["home"])
    log = os.open(folder / "child.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        if order.get("crash"):
            crashpoints.plan(order["crash"])
        code = Life(order).live()
    except BaseException:  # noqa: BLE001 (as an interpreter would: told, and a status)
        traceback.print_exc()
        code = 1
    _note_fired(order)
    return code


def main() -> None:
    """Serves orders until its input ends."""
    phone_from_e164("+525512345678")
    Recovery(SimpleNamespace(policy=None, templates=None)).policy  # type: ignore[arg-type] # noqa: B018
    gc.freeze()
    if "--once" in sys.argv:
        sys.exit(_child(json.loads(sys.stdin.readline())))
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            answer = os.waitstatus_to_exitcode(status)
        elif not (answer := os.fork()):
            os._exit(_child(order))
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
