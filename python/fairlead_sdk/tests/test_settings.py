"""Which control plane, with which token: arguments, then the environment, then the saved `fairlead login`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead_sdk import FairleadProblem
from fairlead_sdk._core.origin import parse_origin
from fairlead_sdk._core.settings import choose_settings

prod, lab = "https://prod.example.com", "https://lab.example.com:8470"


def logged_in(home: Path, text: str | None = None) -> None:
    folder = home / ".config" / "fairlead"
    folder.mkdir(parents=True, exist_ok=True)
    logins = {prod: {"token": "flt_prod", "ca_file": None}, lab: {"token": "flt_lab", "ca_file": "/lab/ca.pem"}}
    (folder / "credentials.json").write_text(text or json.dumps({"current": lab, "logins": logins}))


def test_uses_the_last_login_by_default(tmp_path: Path) -> None:
    logged_in(tmp_path)
    found = choose_settings(None, None, None, {}, tmp_path)
    assert (found.origin, found.token, found.ca_file) == (lab, "flt_lab", "/lab/ca.pem")


def test_uses_a_token_only_for_its_control_plane(tmp_path: Path) -> None:
    logged_in(tmp_path)
    assert choose_settings(None, prod, None, {}, tmp_path).token == "flt_prod"
    with pytest.raises(FairleadProblem) as raised:
        choose_settings(None, "https://other.example.com", None, {}, tmp_path)
    assert raised.value.code == "TOKEN_MISSING"


def test_arguments_take_precedence_over_the_environment(tmp_path: Path) -> None:
    logged_in(tmp_path)
    env = {"FAIRLEAD_HOST": prod, "FAIRLEAD_TOKEN": "flt_env", "FAIRLEAD_CA_FILE": "/env/ca.pem"}
    found = choose_settings(None, None, None, env, tmp_path)
    assert (found.origin, found.token, found.ca_file) == (prod, "flt_env", "/env/ca.pem")
    found = choose_settings("flt_arg", lab, "/arg/ca.pem", env, tmp_path)
    assert (found.origin, found.token, found.ca_file) == (lab, "flt_arg", "/arg/ca.pem")


def test_ignores_an_empty_variable(tmp_path: Path) -> None:
    env = {"FAIRLEAD_HOST": "", "FAIRLEAD_TOKEN": "flt_env", "FAIRLEAD_CA_FILE": ""}
    found = choose_settings(None, None, None, env, tmp_path)
    assert (found.origin, found.ca_file) == ("http://127.0.0.1:8470", None)


def test_the_settings_folder_can_be_elsewhere(tmp_path: Path) -> None:
    logged_in(tmp_path)
    assert choose_settings(None, None, None, {"XDG_CONFIG_HOME": str(tmp_path / ".config")}, Path("/nowhere")).origin == lab


@pytest.mark.parametrize("folder", ["", ".", "rel/dir"])
def test_ignores_a_relative_settings_folder(tmp_path: Path, folder: str) -> None:
    logged_in(tmp_path)
    assert choose_settings(None, None, None, {"XDG_CONFIG_HOME": folder}, tmp_path).origin == lab


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"current": 1, "logins": {}}', "[" * 10_000, '{"logins": {"x": {"token": "hunter2"}}}']
)
def test_reports_a_file_that_login_did_not_write(tmp_path: Path, text: str) -> None:
    logged_in(tmp_path, text)
    with pytest.raises(FairleadProblem) as raised:
        choose_settings(None, None, None, {}, tmp_path)
    assert raised.value.code == "CONFIG_FILE_UNREADABLE"
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("token", ["flt_x\r\nhost: evil", "flt_ü", "x" * 600, "flt x"])
def test_rejects_a_token_that_does_not_fit_in_a_header(tmp_path: Path, token: str) -> None:
    with pytest.raises(FairleadProblem) as raised:
        choose_settings(token, prod, None, {}, tmp_path)
    assert raised.value.code == "TOKEN_INVALID"
    assert token not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://fairlead.example.com", "https://fairlead.example.com"),
        ("fairlead.example.com:8470", "https://fairlead.example.com:8470"),
        ("HTTPS://Fairlead.Example.com/", "https://fairlead.example.com"),
        ("http://127.0.0.1:8470", "http://127.0.0.1:8470"),
        ("http://localhost", "http://localhost"),
        ("http://[::1]:8470", "http://[::1]:8470"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ],
)
def test_an_origin_is_a_scheme_a_host_and_a_port(text: str, origin: str) -> None:
    assert parse_origin(text) == origin


@pytest.mark.parametrize("host", ["example.com", "10.0.0.1", "localhost.example.com", "x.localhost", "0.0.0.0", "[::]"])
def test_plain_http_is_for_loopback_only(host: str) -> None:
    with pytest.raises(FairleadProblem, match="PLAIN_HTTP_REFUSED"):
        parse_origin(f"http://{host}")


@pytest.mark.parametrize(
    "text",
    [
        *["", "https://", "ftp://example.com", "https://user:pw@example.com", "https://example.com/path", "https://a b"],
        *["https://example.com?x", "https://0x7f.1", "https://127.1", "https://01.2.3.4", "https://256.1.1.1", "//x"],
        *[
            "https://[::ffff:127.0.0.1]",
            "https://[0:0::1]",
            "https://x:0",
            "https://x:65536",
            "https://\u212a.example",
            "https://x\n",
        ],
    ],
)
def test_nothing_else_is_an_origin(text: str) -> None:
    with pytest.raises(FairleadProblem, match="USAGE"):
        parse_origin(text)


@given(st.text(max_size=60) | st.from_regex(r"https?://[!-~]{0,40}", fullmatch=True))
def test_any_text_is_an_origin_in_canonical_form_or_a_problem(text: str) -> None:
    try:
        origin = parse_origin(text)
    except FairleadProblem:
        return
    assert parse_origin(origin) == origin
    assert origin.isascii()
    assert "@" not in origin
