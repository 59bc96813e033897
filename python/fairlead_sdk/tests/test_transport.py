"""One call: what it sends, what it retries, and which problem a bad answer raises. The server is scripted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from fairlead_sdk import AsyncFairleadSDK, FairleadProblem, FairleadSDK
from fairlead_sdk.models import CreateApiToken

Reply = httpx.Response | Exception
token = "flt_canary"
me = {
    "id": "tok_1",
    "name": "first-admin",
    "role": "admin",
    "cloud_ids": None,
    "created_at": "2026-01-02T03:04:05.678Z",
    "last_used_at": None,
    "expires_at": None,
    "revoked_at": None,
    "identity": None,
}
node = {
    "id": "node_1",
    "name": "n1",
    "cloud_id": "cld_1",
    "checker": False,
    "state": "revoked",
    "facts": None,
    "cluster_id": None,
    "joined_at": "2026-01-02T03:04:05.678Z",
    "identity": None,
    "second_join": None,
    "revoked_because": None,
    "last_heard_at": None,
}


class Script:
    """Returns the given replies in order, and keeps the requests that it received."""

    def __init__(self, replies: list[Reply]) -> None:
        self.sent: list[httpx.Request] = []
        self._replies: Iterator[Reply] = iter(replies)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        reply = next(self._replies)
        if isinstance(reply, Exception):
            raise reply
        return reply


def said(code: str, status: int, **more: Any) -> httpx.Response:
    body = {
        "type": f"https://fairlead.dev/problems/{code}",
        "title": "a title",
        "status": status,
        "detail": "what the server said",
        "code": code,
        "fix": "the fix that the server gave",
        "who": "registry-admin",
        "request_id": "req_1",
    }
    return httpx.Response(status, json={**body, **more.pop("body", {})}, **more)


def result(value: object) -> httpx.Response:
    return httpx.Response(200, json={"result": value})


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr("fairlead_sdk._http.blocking.time.sleep", waited.append)

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("fairlead_sdk._http.awaiting.asyncio.sleep", sleep)
    return waited


Call = Callable[[Any], Any]


def both(replies: Callable[[], list[Reply]], call: Call) -> Iterator[tuple[Script, Callable[[], Any]]]:
    """The same call with both clients."""
    blocking, awaiting = Script(replies()), Script(replies())

    def block() -> Any:
        with FairleadSDK(token, "https://fairlead.example.com", transport=httpx.MockTransport(blocking)) as sdk:
            return call(sdk)

    async def wait() -> Any:
        transport = httpx.MockTransport(awaiting)
        async with AsyncFairleadSDK(token, "https://fairlead.example.com", transport=transport) as sdk:
            return await call(sdk)

    yield blocking, block
    yield awaiting, lambda: asyncio.run(wait())


def test_a_read_carries_the_token_and_no_idempotency_key(waits: list[float]) -> None:
    for script, run in both(lambda: [result(me)], lambda sdk: sdk.whoami()):
        assert run().name == "first-admin"
        (request,) = script.sent
        assert str(request.url) == "https://fairlead.example.com/api/v1/api_tokens/me"
        assert request.headers["authorization"] == f"Bearer {token}"
        assert request.headers["accept-encoding"] == "identity"
        assert "idempotency-key" not in request.headers


def test_sends_a_time_in_utc_wherever_the_caller_is(waits: list[float]) -> None:
    ends = datetime(2027, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))
    create = CreateApiToken(name="ci", role="viewer", expires_at=ends)
    for script, run in both(lambda: [result({**me, "token": token})], lambda sdk: sdk.create_api_token(create)):
        run()
        assert json.loads(script.sent[0].content)["expires_at"] == "2027-01-02T01:04:05Z"


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_retries_a_write_with_the_same_key(waits: list[float], status: int) -> None:
    def replies() -> list[Reply]:
        return [said("INTERNAL", status), httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), result(node)]

    for script, run in both(replies, lambda sdk: sdk.revoke_node("node_1")):
        run()
        assert len(script.sent) == 4
        assert len({request.headers["idempotency-key"] for request in script.sent}) == 1
        assert {request.method for request in script.sent} == {"POST"}


def test_gives_up_after_four_attempts_with_the_last_problem(waits: list[float]) -> None:
    for script, run in both(lambda: [said("INTERNAL", 503)] * 5, lambda sdk: sdk.whoami()):
        with pytest.raises(FairleadProblem) as raised:
            run()
        assert len(script.sent) == 4
        assert (raised.value.code, raised.value.request_id) == ("INTERNAL", "req_1")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500])
def test_does_not_retry_what_would_fail_again(waits: list[float], status: int) -> None:
    for script, run in both(lambda: [said("ROLE_TOO_LOW", status)], lambda sdk: sdk.whoami()):
        with pytest.raises(FairleadProblem):
            run()
        assert len(script.sent) == 1


def test_waits_as_long_as_the_server_asks_but_not_forever(waits: list[float]) -> None:
    def replies() -> list[Reply]:
        return [
            said("INTERNAL", 429, headers={"retry-after": "3"}),
            said("INTERNAL", 429, headers={"retry-after": "86400"}),
            said("INTERNAL", 429, headers={"retry-after": "Fri, 31 Dec 2100 23:59:59 GMT"}),
            result(me),
        ]

    for _, run in both(replies, lambda sdk: sdk.whoami()):
        waits.clear()
        run()
        first, second, third = waits
        assert 3 <= first <= 3.4
        assert 10 <= second <= 10.8
        assert third <= 1.6


def test_raises_the_problem_that_the_server_sent(waits: list[float]) -> None:
    fields = [{"path": "name", "detail": "too long"}]
    answer = {"code": "A_CODE_OF_TOMORROW", "fields": fields, "more": 1}
    for _, run in both(lambda: [said("X", 422, body=answer)], lambda sdk: sdk.whoami()):
        with pytest.raises(FairleadProblem) as raised:
            run()
        problem = raised.value
        assert (problem.code, problem.title, problem.status) == ("A_CODE_OF_TOMORROW", "a title", 422)
        assert (problem.fix, problem.who) == ("the fix that the server gave", "registry-admin")
        assert [(field.path, field.detail) for field in problem.fields] == [("name", "too long")]
        assert problem.exit_code == 1


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        pytest.param(200, {}, b"<html>hello</html>", id="a page"),
        pytest.param(200, {}, b"[]", id="a list"),
        pytest.param(200, {}, b'{"result": {}}', id="an empty result"),
        pytest.param(200, {}, json.dumps({"result": {**me, "role": "emperor"}}).encode(), id="an unknown role"),
        pytest.param(200, {}, b"[" * 100_000, id="nested deeply"),
        pytest.param(200, {}, b'{"result": "' + b"x" * (17 * 1024 * 1024) + b'"}', id="too large"),
        pytest.param(404, {}, b"not found", id="another 404"),
        pytest.param(302, {"location": "https://elsewhere.example.com/"}, b"", id="a redirect"),
        pytest.param(200, {"content-encoding": "gzip"}, json.dumps({"result": me}).encode()[:-1], id="packed"),
    ],
)
def test_an_answer_that_is_not_in_the_api_is_reported_as_such(
    waits: list[float], status: int, headers: dict[str, str], body: bytes
) -> None:
    def replies() -> list[Reply]:
        return [httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))]

    for script, run in both(replies, lambda sdk: sdk.whoami()):
        with pytest.raises(FairleadProblem) as raised:
            run()
        assert raised.value.code == "CONTROL_PLANE_ANSWER_INVALID"
        assert len(script.sent) == 1


def test_ignores_new_fields_in_an_answer(waits: list[float]) -> None:
    for _, run in both(lambda: [result({**me, "of_tomorrow": 1})], lambda sdk: sdk.whoami()):
        assert run().role == "admin"


def test_an_id_cannot_leave_its_segment_of_the_path(waits: list[float]) -> None:
    for script, run in both(lambda: [said("X", 404)] * 2, lambda sdk: sdk.get_cluster("../clouds?x=1#y")):
        with pytest.raises(FairleadProblem):
            run()
        assert script.sent[0].url.raw_path == b"/api/v1/clusters/..%2Fclouds%3Fx%3D1%23y"
    for script, run in both(lambda: [said("X", 404)] * 2, lambda sdk: sdk.get_cluster("..")):
        with pytest.raises(FairleadProblem):
            run()
        assert b"/api/v1/clusters/" in script.sent[0].url.raw_path


def test_a_list_requests_its_pages_one_by_one(waits: list[float]) -> None:
    def page(results: list[object], following: str | None) -> httpx.Response:
        return httpx.Response(200, json={"results": results, "metadata": {"next_paging_token": following}})

    script = Script([page([node], "t/1"), page([], "t 2"), page([node], None)])
    with FairleadSDK(token, "https://fairlead.example.com", transport=httpx.MockTransport(script)) as sdk:
        assert len(list(sdk.list_nodes(name="a&b"))) == 2
    assert [dict(request.url.params) for request in script.sent] == [
        {"name": "a&b", "count": "100"},
        {"name": "a&b", "count": "100", "paging_token": "t/1"},
        {"name": "a&b", "count": "100", "paging_token": "t 2"},
    ]


def test_nothing_that_is_printed_contains_the_token() -> None:
    with FairleadSDK(token, "https://fairlead.example.com") as sdk:
        shown = f"{sdk!r}{sdk._driver._settings!r}{sdk._caller!r}"
    assert token not in shown


def test_ignores_proxies_and_netrc_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    with FairleadSDK(token, "https://fairlead.example.com") as sdk:
        assert sdk._driver._client.trust_env is False
        assert sdk._driver._client._mounts == {}


@pytest.mark.parametrize("body", [b"{", b"", b"null", json.dumps({"code": 1}).encode()])
def test_a_refusal_without_a_problem_still_raises_one(waits: list[float], body: bytes) -> None:
    for _, run in both(lambda: [httpx.Response(418, content=body)], lambda sdk: sdk.whoami()):
        with pytest.raises(FairleadProblem, match="CONTROL_PLANE_ANSWER_INVALID"):
            run()


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_page_of_a_proxy_is_a_problem_that_names_the_status(waits: list[float], status: int) -> None:
    def replies() -> list[Reply]:
        return [httpx.Response(status, content=b"<html>") for _ in range(4)]

    for _, run in both(replies, lambda sdk: sdk.whoami()):
        with pytest.raises(FairleadProblem) as raised:
            run()
        assert raised.value.code == "CONTROL_PLANE_UNAVAILABLE"
        assert f"status {status}" in raised.value.detail
