"""How long and how large a request's head may be: uvicorn itself waits for ever, and takes all."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Seconds for the head of a request to arrive, counted from the connection or its first byte.
HEAD_WITHIN = 10.0
#: Bytes of a head; cookies and Twilio's signature are far smaller.
LARGEST_HEAD = 32 * 1024


class PatientProtocol(HttpToolsProtocol):
    """Hangs up on who sends no request, or its head too slowly; bodies are limited where read."""

    _deadline: asyncio.TimerHandle | None = None
    _head = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The clock runs from here."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is waited for any more."""
        self._head_is_there()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Counts what comes before a head is whole."""
        if self._deadline is not None:
            self._head += len(data)
        super().data_received(data)
        if self._deadline is not None and self._head > LARGEST_HEAD:
            self.transport.close()

    def on_message_begin(self) -> None:
        """Another request on a connection that was kept."""
        super().on_message_begin()
        if self._deadline is None:
            self._wait_for_head()

    def on_headers_complete(self) -> None:
        """From now on the body has its own limits."""
        self._head_is_there()
        super().on_headers_complete()

    def _wait_for_head(self) -> None:
        self._head = 0
        self._deadline = self.loop.call_later(HEAD_WITHIN, self.transport.close)

    def _head_is_there(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
