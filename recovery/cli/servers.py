"""`recovery web` and `recovery serve`: what keeps running."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from recovery.cli.group import example
from recovery.cli.output import note
from recovery.cli.ports import need_port
from recovery.errors import ConfigurationError, NothingToDo, RecoveryError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from recovery.cli.installation import Recovery
    from recovery.web.voice import VoiceLine

_PORT = typer.Option(min=1, max=65535, help="Where the web app listens.")
_HOST = typer.Option(help="127.0.0.1 is for this machine and a proxy on it; 0.0.0.0 for a network.")


@example("recovery web --port 8080")
def web(*, port: Annotated[int, _PORT] = 8080, host: Annotated[str, _HOST] = "127.0.0.1") -> None:
    """Serve the web app with Twilio's webhooks, /healthz, /readyz and /metrics.

    Webhooks need RECOVERY_PUBLIC_URL, the address under which Twilio reaches this server.
    """
    from recovery.cli.installation import migrated
    from recovery.web.serve import run

    need_port(host, port)
    recovery = migrated()
    if not recovery.settings.public_url:
        note("RECOVERY_PUBLIC_URL is not set: webhooks are refused, `record` asks Twilio instead")
    note(f"serving on http://{host}:{port} (Ctrl-C stops)")
    run(web_app(recovery), host=host, port=port)


@example("recovery serve", "recovery serve --port 8080")
def serve(*, port: Annotated[int, _PORT] = 8080, host: Annotated[str, _HOST] = "127.0.0.1") -> None:
    """Run it all in one: Prefect, the schedules of prefect.yaml, a worker and the web app.

    It joins the Prefect server at PREFECT_API_URL, or starts one of its own.
    """
    from recovery.cli.installation import migrated

    recovery = migrated()
    with _alone(recovery):
        need_port(host, port)
        _look_ahead(recovery)
        from flows.serving import serve as serve_all  # Prefect takes seconds

        serve_all(recovery, host=host, port=port, say=note)


def _look_ahead(recovery: "Recovery") -> None:
    """A wrong setting is refused; with a refused key, or without a network, the web app at least
    goes on taking answers in, and it is said."""
    from recovery.cli.prerequisites import need_configuration, need_credentials
    from recovery.cli.reachable import need_keap

    need_configuration(recovery)
    try:
        need_keap(recovery)
        need_credentials(recovery)
    except ConfigurationError:
        raise
    except RecoveryError as trouble:
        note(f"runs will fail until this is mended: {trouble}")


@contextmanager
def _alone(recovery: "Recovery") -> Iterator[None]:
    """Whoever starts it twice is told so, with exit code 2: it would not run what they expect."""
    from recovery.adapters.files.lock import FileLocks

    home = recovery.settings.home
    try:
        with FileLocks(home / "prefect")("serve"):
            yield
    except NothingToDo:
        raise ConfigurationError(
            f"a `recovery serve` or `recovery run` is at work on {home.absolute()}: let it finish, "
            "or stop it; another account needs a home of its own (RECOVERY_HOME)"
        ) from None


def web_app(recovery: "Recovery") -> "FastAPI":
    """The web app of this installation."""
    from recovery.web.app import create_app
    from recovery.web.applier import Talking, Work
    from recovery.web.health import readiness
    from recovery.web.pages import Site
    from recovery.web.webhooks import Signing

    _warm(recovery)
    twilio = recovery.settings.twilio
    tokens = (twilio.auth_token, twilio.previous_auth_token)
    return create_app(
        inbox=recovery.inbox,
        apply=lambda: recovery.news.apply_callbacks(sets=8),
        talking=Talking(
            lambda: recovery.answering.understand(), lambda: recovery.answering.answer_if_allowed()
        ),
        signing=Signing(
            recovery.settings.public_url,
            tuple(token.get_secret_value() for token in tokens if token),
        ),
        checks=readiness(recovery.database, lambda: recovery.keys),
        voice=_voice(recovery),
        chores=[Work("reps", recovery.reps.catch_up)],
        errands=[Work("texts", recovery.reps.writing.send_due)],
        clock=recovery.clock,
        pages=Site(recovery),
    )


def _warm(recovery: "Recovery") -> None:
    """Reads templates and loads clients before anybody waits for an answer."""
    with suppress(ConfigurationError):  # told by the first turn that needs what is missing
        _ = recovery.record, recovery.answering


def _voice(recovery: "Recovery") -> "VoiceLine":
    from recovery.web.voice import VoiceLine

    return VoiceLine(
        calling=recovery.calling,
        form=recovery.voice_form,
        apply=lambda: recovery.call_keeper.apply_callbacks(),
        public_url=recovery.settings.public_url or "",
        clock=recovery.clock,
    )
