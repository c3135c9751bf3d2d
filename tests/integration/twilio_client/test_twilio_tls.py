"""Our Twilio client over TLS: whom it trusts, and how it goes through a company's proxy."""

import datetime as dt
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from recovery.adapters.twilio.client import TwilioMessenger
from recovery.adapters.twilio.wire import Limits
from recovery.services.ports import OutboundMessage, SendResult
from recovery.settings import TwilioSettings

MESSAGE = OutboundMessage(to="+5215512345678", token="t", sender="+14155238886", body="x")
BODY = json.dumps({"sid": "SM" + "a" * 32}).encode()
ANSWER = (
    b"HTTP/1.1 201 X\r\nContent-Type: application/json\r\n"
    + f"Content-Length: {len(BODY)}\r\n\r\n".encode()
    + BODY
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, trusted by nobody yet."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "loopback.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(built.public_bytes(serialization.Encoding.PEM) + private)
    return path


@contextmanager
def listening(serve: object) -> Iterator[int]:
    """Runs `serve(connection)` in a thread for each connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@contextmanager
def provider(certificate: Path) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            secure = context.wrap_socket(connection, server_side=True)
            with secure:
                while secure.recv(65_536):
                    secure.sendall(ANSWER)

    with listening(serve) as port:
        yield port


@contextmanager
def company_proxy(seen: list[bytes]) -> Iterator[int]:
    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = connection.recv(65_536)
            seen.append(head)
            host, port = head.split()[1].decode().rsplit(":", 1)
            with socket.create_connection((host, int(port))) as onward:
                connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                back = threading.Thread(target=_pass_on, args=(onward, connection), daemon=True)
                back.start()
                _pass_on(connection, onward)

    with listening(serve) as port:
        yield port


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)


def send_twice(port: int) -> list[SendResult]:
    settings = TwilioSettings(
        base_url=f"https://127.0.0.1:{port}",
        account_sid="AC" + "0" * 32,
        auth_token="x",  # type: ignore[arg-type]
    )
    one = TwilioMessenger(
        settings,
        public_url=None,
        clock=lambda: dt.datetime(2026, 11, 24, tzinfo=dt.UTC),
        limits=Limits(connect=2, read=2, total=3),
    )
    try:
        return [one.send(MESSAGE).result for _ in range(2)]
    finally:
        one.close()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")


def test_a_certificate_of_the_bundle_is_trusted(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with provider(certificate) as port:
        assert send_twice(port) == [SendResult.ACCEPTED] * 2


def test_a_stranger_s_certificate_gets_nothing(certificate: Path) -> None:
    with provider(certificate) as port:
        assert send_twice(port) == [SendResult.NOT_SENT] * 2


def test_a_company_s_proxy_is_tunnelled_through(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with provider(certificate) as port, company_proxy(seen) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:p%40ss@127.0.0.1:{proxy}")
        assert send_twice(port) == [SendResult.ACCEPTED] * 2
    assert len(seen) == 1
    assert seen[0].startswith(f"CONNECT 127.0.0.1:{port} ".encode())
    assert b"roxy-" in seen[0]
    assert b"dXNlcjpwQHNz" in seen[0]


def test_a_proxy_that_refuses_lets_nothing_out(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with provider(certificate) as port:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            gone = closed.getsockname()[1]
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{gone}")
        assert send_twice(port) == [SendResult.NOT_SENT] * 2
