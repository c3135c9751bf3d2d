"""Is a port free? Told before anything is started on it, in words that help."""

import socket

from recovery.errors import ConfigurationError


def need_port(host: str, port: int) -> None:
    """ConfigurationError where nobody can listen there now; 0 is any free port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ConfigurationError(
                f"cannot listen on {host}:{port} ({reason}): choose another --port or --host"
            ) from None
