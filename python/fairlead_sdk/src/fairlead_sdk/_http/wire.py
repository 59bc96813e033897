"""What both transports share: headers, the TLS context, limits, and what a failed connection means."""

from __future__ import annotations

import ssl
import sys
from pathlib import Path

import httpx

from fairlead_sdk._core.effects import NoAnswer, Request
from fairlead_sdk._core.settings import Settings
from fairlead_sdk.problem import problem
from fairlead_sdk.version import __version__

prefix = "/api/v1"
_largest_answer = 16 * 1024 * 1024
_deepest_cause = 8


class AnswerBody:
    """The bytes of an answer as they arrive, up to a limit; none if it is compressed, which was not requested."""

    def __init__(self, headers: httpx.Headers) -> None:
        self._is_packed = headers.get("content-encoding", "identity") != "identity"
        self._bytes = bytearray()

    @property
    def is_wanted(self) -> bool:
        return not self._is_packed

    def add(self, chunk: bytes) -> bool:
        """False once it is larger than any answer of the API."""
        self._bytes += chunk
        return len(self._bytes) <= _largest_answer

    def whole(self) -> bytes | None:
        return bytes(self._bytes) if self.is_wanted and len(self._bytes) <= _largest_answer else None


def headers_of(settings: Settings, request: Request) -> dict[str, str]:
    headers = {
        "accept": "application/json",
        # A compressed answer could expand beyond the limit in one step.
        "accept-encoding": "identity",
        "authorization": f"Bearer {settings.token}",
        "user-agent": f"fairlead-sdk/{__version__} python/{sys.version_info.major}.{sys.version_info.minor}",
    }
    if request.body is not None:
        headers["content-type"] = "application/json"
    if request.idempotency_key is not None:
        headers["idempotency-key"] = request.idempotency_key
    return headers


def tls_context(settings: Settings) -> ssl.SSLContext | bool:
    """Trusts only the CA that is named, or the public CAs if none is."""
    if settings.ca_file is None or settings.origin.startswith("http://"):
        return True
    try:
        pem = Path(settings.ca_file).read_text("ascii")
        # An empty text would mean the public CAs.
        if "-----BEGIN CERTIFICATE-----" in pem:
            return ssl.create_default_context(cadata=pem)
        reason = "it holds no certificate in PEM"
    except (ssl.SSLError, ValueError):
        reason = "it holds no certificate in PEM"
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
    raise problem("CONFIG_FILE_UNREADABLE", path=settings.ca_file, reason=reason)


def no_answer(error: httpx.HTTPError) -> NoAnswer:
    """Either its certificate is not trusted, or it does not answer."""
    cause: BaseException | None = error
    for _ in range(_deepest_cause):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return NoAnswer("CONTROL_PLANE_TLS")
        cause = None if cause is None else cause.__cause__ or cause.__context__
    return NoAnswer("CONTROL_PLANE_UNREACHABLE")
