"""A threaded HTTP server that records what it was asked and what it answered."""

from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came off the wire."""

    method: str
    path: str
    """Decoded, without the query."""

    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By lower-case name."""

    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass(slots=True, kw_only=True)
class Reply:
    """One answer: `body` is JSON unless it is bytes or None."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    cut: int | None = None
    """Send only so many bytes of what was announced, then hang up."""

    def encoded(self) -> bytes:
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        self.headers.setdefault("Content-Type", "application/json; charset=utf-8")
        return json.dumps(self.body).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and the answer it got."""

    request: Request
    status: int
    answer: Any

    def __str__(self) -> str:
        return f"{self.request.method} {self.request.path} -> {self.status}"


class LocalServer:
    """Listens on a free port of 127.0.0.1 while in its `with` block. `answer` is what a subclass writes."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.faults: list[str] = []
        self.lock = threading.RLock()
        self._http = _listen(self._handle)
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def answer(self, request: Request) -> Reply:
        raise NotImplementedError

    def fault(self, text: str) -> None:
        """Note something that must not happen; the fixture fails the test for it."""
        self.faults.append(text)

    def _handle(self, request: Request) -> Reply:
        try:
            reply = self.answer(request)
        except Exception:  # noqa: BLE001 - the bench's own bug must fail the test, not hang the client
            self.fault(f"the server broke on {request.method} {request.path}\n{traceback.format_exc()}")
            reply = Reply(status=500, body={"message": "the local server broke", "documentation_url": ""})
        with self.lock:
            self.exchanges.append(Exchange(request=request, status=reply.status, answer=reply.body))
        return reply

    def asked(self, method: str = "", contains: str = "") -> list[Exchange]:
        """Return the exchanges with this method whose path contains this text, in order."""
        with self.lock:
            return [
                e for e in self.exchanges if method in ("", e.request.method) and contains in e.request.path
            ]

    def __enter__(self) -> Self:
        start(self._http)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()


def start(server: ThreadingHTTPServer) -> None:
    """Serve in a thread that ends with the process or with `shutdown`."""
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


def _listen(handle: Callable[[Request], Reply]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body go out in one segment; without it each answer waits for a delayed ACK.
        wbufsize = -1
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            reply = handle(
                Request(
                    method=self.command,
                    path=unquote(parts.path),
                    query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                    headers={k.lower(): v for k, v in self.headers.items()},
                    body=self.rfile.read(length),
                )
            )
            data = reply.encoded()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status not in (204, 304):
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD" and reply.status not in (204, 304):
                self.wfile.write(data[: reply.cut])
            self.close_connection = self.close_connection or reply.cut is not None

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 - the library's names

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up is its own business."""

    return Server(("127.0.0.1", 0), Handler)
