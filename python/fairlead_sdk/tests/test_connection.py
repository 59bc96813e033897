"""Connections that fail, and certificates that are not trusted, over real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from pathlib import Path

import pytest

from conftest import Place, Stage
from fairlead_sdk import AsyncFairleadSDK, FairleadProblem, FairleadSDK


def code_of(host: str, **options: object) -> set[str]:
    """The problems that both clients raise."""
    with FairleadSDK("flt_x", host, **options) as sdk, pytest.raises(FairleadProblem) as blocking:  # type: ignore[arg-type]
        sdk.whoami()

    async def wait() -> None:
        async with AsyncFairleadSDK("flt_x", host, **options) as client:  # type: ignore[arg-type]
            await client.whoami()

    with pytest.raises(FairleadProblem) as awaiting:
        asyncio.run(wait())
    return {blocking.value.code, awaiting.value.code}


def test_reports_a_host_where_nothing_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairlead_sdk._core.caller.maximum_attempts", 1)
    assert code_of("http://127.0.0.1:1") == {"CONTROL_PLANE_UNREACHABLE"}


PATIENCE = 60.0
"""Seconds after which a server ends the wait of a client that does not give up; such a client fails the test."""


def test_gives_up_on_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairlead_sdk._core.caller.maximum_attempts", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"http://127.0.0.1:{server.getsockname()[1]}"
        patience = threading.Timer(PATIENCE, server.close)
        patience.start()
        assert code_of(host, timeout_seconds=0.3) == {"CONTROL_PLANE_UNREACHABLE"}
        assert patience.is_alive()
        patience.cancel()


def test_gives_up_on_a_server_that_never_finishes_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairlead_sdk._core.caller.maximum_attempts", 1)
    left: list[str] = []

    def drip(server: socket.socket) -> None:
        for _ in range(2):
            connection, _address = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
                left.append(who_ends(connection))

    def who_ends(connection: socket.socket) -> str:
        for _byte in range(int(PATIENCE / 0.05)):
            time.sleep(0.05)
            try:
                connection.sendall(b" ")
            except OSError:
                return "the client"
        return "the server"

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        assert code_of(f"http://127.0.0.1:{server.getsockname()[1]}", timeout_seconds=0.5) == {"CONTROL_PLANE_UNREACHABLE"}
        thread.join()
    assert left == ["the client", "the client"]


def test_trusts_a_private_ca_that_is_named(quiet: Place) -> None:
    with FairleadSDK() as sdk:
        assert sdk.whoami().role == "admin"


def test_does_not_trust_a_private_ca_that_is_not_named(stage: Stage) -> None:
    assert code_of(stage.quiet.origin) == {"CONTROL_PLANE_TLS"}


def test_does_not_trust_a_certificate_for_another_name(stage: Stage) -> None:
    host = stage.quiet.origin.replace("127.0.0.1", "localhost")
    assert code_of(host, ca_file=stage.quiet.ca_file) == {"CONTROL_PLANE_TLS"}


@pytest.mark.parametrize(
    "content", [None, "", "no certificate", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"]
)
def test_reports_a_ca_file_without_a_certificate(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(FairleadProblem) as raised:
        FairleadSDK("flt_x", "https://127.0.0.1:1", ca_file=str(path))
    assert raised.value.code == "CONFIG_FILE_UNREADABLE"
    assert str(path) in raised.value.detail
