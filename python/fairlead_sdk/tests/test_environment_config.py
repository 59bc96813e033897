"""The configuration is checked here as the control plane checks it, with the test vectors of the contract."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import repository, vectors
from fairlead_sdk import FairleadProblem
from fairlead_sdk._config.environment_config import check_environment_config
from fairlead_sdk._config.image_reference import parse_image_reference
from fairlead_sdk._config.looks_like_secret import looks_like_credential, looks_like_secret, token_prefixes
from fairlead_sdk._config.secret_reference import check_secret_reference

good = {"docker_image": "example.jfrog.io/team/app:1", "ray_version": "2.55.1"}


def cases(file: str) -> list[Any]:
    found = json.loads((vectors / file).read_text())["cases"]
    return [pytest.param(case, id=case["name"][:60]) for case in found]


def code_of(config: object) -> str | None:
    try:
        check_environment_config(config)
    except FairleadProblem as problem:
        return problem.code
    return None


@pytest.mark.parametrize("case", cases("image-reference.json"))
def test_parses_an_image_as_the_vectors_say(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(FairleadProblem) as raised:
            parse_image_reference(case["input"])
        assert raised.value.code == "IMAGE_REF_INVALID"
        return
    found = parse_image_reference(case["input"])
    wanted = (case["domain"], case["path"], case.get("tag"), case.get("digest"))
    assert (found.domain, found.path, found.tag, found.digest) == wanted


@pytest.mark.parametrize("case", cases("secret-reference.json"))
def test_does_not_reject_a_reference_that_some_provider_accepts(case: dict[str, Any]) -> None:
    try:
        check_secret_reference(case["ref"])
    except FairleadProblem as problem:
        assert "ok" not in case
        assert problem.code in ("SECRET_REF_INVALID", "REFERENCE_LOOKS_LIKE_A_SECRET")


@pytest.mark.parametrize("case", cases("registry-secret.json"))
def test_the_document_of_a_secret_is_not_a_reference(case: dict[str, Any]) -> None:
    text = case.get("input", case.get("document", case.get("secret")))
    if not isinstance(text, str) or not text.lstrip().startswith("{"):
        return
    assert looks_like_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "dckr_pat_aBcDeFgHiJkLmNoPqRsTuVwXyZ0",
        "dckr_oat_aBcDeFgHiJkLmNoP",
        "ghp_0123456789abcdefghij0123456789abcdef",
        "github_pat_11ABCDEFG0",
        "glpat-aBcDeFgHiJkLmNoPqRsT",
        "AKCp8abcdefghijklmnop",
        "cmVmdGtuOjAxOjE3",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        '{"username": "a", "password": "b"}',
        "  {",
        "'ghp_0123456789'",
        "https://user:hunter2@registry.example.com",
        "docker://user:12345@registry.example.com/app",
        "Bearer ghp_0123456789abcdefghij",
        "arn:aws:secretsmanager:us-west-2:111122223333:secret:AKCp8abcdefghijklmnop",
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN RSA PRIVATE KEY-----",
    ],
)
def test_detects_a_secret(text: str) -> None:
    assert looks_like_secret(text)
    assert code_of({**good, "registry_login_secret": text}) == "REFERENCE_LOOKS_LIKE_A_SECRET"


@pytest.mark.parametrize(
    "text",
    [
        "mysecretid",
        "prod/registry-login",
        "arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/registry-AbC123",
        "projects/my-project/secrets/registry/versions/latest",
        "https://registry.example.com:5000/v2/",
        "github-token",
        "docker_pat",
        "key-eyJ",
        "prod/ghp_token",
        "my{secret}",
        "",
    ],
)
def test_leaves_other_text_to_the_grammar_of_references(text: str) -> None:
    assert not looks_like_secret(text)


def test_knows_every_token_that_the_contract_knows() -> None:
    source = (repository / "packages" / "contract" / "src" / "names" / "looks-like-secret.ts").read_text()
    listed = source[source.index("const tokenPrefixes = [") : source.index("].join(")]
    assert token_prefixes == [found.replace("\\\\", "\\") for found in re.findall(r"^  '(.*)',", listed, re.MULTILINE)]


_token = "glpat-aBcDeFgHiJkLmNoPqRsT"


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({**good, "docker_image": f"example.jfrog.io/team/app:{_token}"}, "IMAGE_REF_INVALID"),
        ({**good, "env_vars": {_token.replace("-", "_", 1).replace("glpat_", "ghp_"): "x"}}, "CONFIG_INVALID"),
        ({**good, "env_vars": {f"A={_token}": "x"}}, "CONFIG_INVALID"),
    ],
)
def test_rejects_a_token_as_a_tag_or_the_name_of_a_variable_and_does_not_repeat_it(config: object, code: str) -> None:
    with pytest.raises(FairleadProblem) as raised:
        check_environment_config(config)
    assert raised.value.code == code
    assert "aBcDeFgHiJk" not in raised.value.document.model_dump_json()
    assert "looks like a token" in raised.value.detail


def test_a_json_document_is_not_a_credential_in_itself() -> None:
    assert not looks_like_credential('{"debug": true}')
    assert looks_like_credential('{"token": "ghp_0123456789abcdefghij"}')


@given(
    st.sampled_from(["", " ", "x ", "token=", '"', "a:b/"]),
    st.sampled_from(["dckr_pat_", "ghp_", "github_pat_", "glpat-", "AKCp", "cmVmdGtu", "eyJ"]),
    st.from_regex(r"[A-Za-z0-9]{16,40}", fullmatch=True),
)
def test_finds_a_token_whatever_precedes_it(before: str, start: str, end: str) -> None:
    assert looks_like_secret(before + start + end)


@pytest.mark.parametrize("unit", ["://a", "-----BEGIN ", " ", ".ghp_", "eyJ", '"'])
def test_checks_a_long_text_quickly(unit: str) -> None:
    started = time.perf_counter()
    looks_like_secret(unit * 100_000)
    looks_like_secret("x" + unit * 100_000)
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"env_vars": {"A": "1"}, "registry_login_secret": "a"}, None),
        ({"env_vars": None, "registry_login_secret": None}, None),
        ({"docker_image": None}, "CONFIG_INVALID"),
        ({"docker_image": "https://x/y"}, "IMAGE_REF_INVALID"),
        ({"docker_image": "a" * 513}, "IMAGE_REF_INVALID"),
        ({"ray_version": 2.1}, "CONFIG_INVALID"),
        ({"ray_version": "nightly"}, "CONFIG_INVALID"),
        ({"ray_version": "2.10\n"}, "CONFIG_INVALID"),
        ({"registry_login_secret": "hunter 2!"}, "SECRET_REF_INVALID"),
        ({"registry_login_secret": "name\n"}, "SECRET_REF_INVALID"),
        ({"registry_login_secret": {"password": "hunter2"}}, "CONFIG_INVALID"),
        ({"registry_login_secrets": "a"}, "CONFIG_UNKNOWN_FIELD"),
        ({"env_vars": ["A"]}, "CONFIG_INVALID"),
        ({"env_vars": {"A": 1}}, "CONFIG_INVALID"),
        ({"env_vars": {"1A": "x"}}, "CONFIG_INVALID"),
        ({"env_vars": {"A\n": "x"}}, "CONFIG_INVALID"),
        ({"env_vars": {1: "x"}}, "CONFIG_INVALID"),
        ({"env_vars": {"A": "\0"}}, "CONFIG_INVALID"),
        ({"env_vars": {"A": "\ud800"}}, "CONFIG_INVALID"),
        ({"env_vars": {"A": "x" * 32_769}}, "CONFIG_INVALID"),
        ({"env_vars": {f"A{n}": "" for n in range(501)}}, "CONFIG_INVALID"),
        ({"env_vars": {f"A{n}": "x" * 30_000 for n in range(5)}}, "CONFIG_INVALID"),
    ],
)
def test_checks_a_config(change: dict[str, object], code: str | None) -> None:
    assert code_of({**good, **change}) == code


@pytest.mark.parametrize("name", ["password", "docker_username", "imagePullCredentials"])
def test_suggests_the_reference_for_a_login_in_a_config(name: str) -> None:
    with pytest.raises(FairleadProblem) as raised:
        check_environment_config({**good, name: "x"})
    assert raised.value.fields[0].detail == "there is no such field; did you mean registry_login_secret?"


def test_reports_a_pasted_secret_first_and_lists_all_fields() -> None:
    with pytest.raises(FairleadProblem) as raised:
        check_environment_config({"docker_image": "A b", "registry_login_secret": "ghp_0123456789abcdef", "x": 1})
    assert raised.value.code == "REFERENCE_LOOKS_LIKE_A_SECRET"
    assert [field.path for field in raised.value.fields] == ["x", "docker_image", "ray_version", "registry_login_secret"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30), lambda inner: st.lists(inner, max_size=3)
)
names = st.sampled_from(["docker_image", "ray_version", "env_vars", "registry_login_secret"]) | st.text(max_size=20)


@given(st.dictionaries(names, values | st.dictionaries(st.text(max_size=9), values, max_size=3), max_size=5) | values)
def test_any_value_is_a_config_or_a_problem_that_does_not_repeat_it(given_config: object) -> None:
    canary = "hunter2-canary"
    config = {**given_config, "docker_image": f"{canary} "} if isinstance(given_config, dict) else given_config
    try:
        check_environment_config(config)
    except FairleadProblem as problem:
        assert canary not in str(problem)


@pytest.mark.parametrize(
    ("change", "fix"),
    [
        (
            {"env_vars": None, "MY_VAR": "value"},
            "Indent MY_VAR by two spaces below env_vars, as every variable. The fields are ",
        ),
        ({"pip": "x"}, "The fields are "),
        ({"docker_imgae": "x"}, "Did you mean docker_image? The fields are "),
        ({"image": "x"}, "Did you mean docker_image? The fields are "),
        ({"password": "x"}, "Did you mean registry_login_secret? The fields are "),
    ],
)
def test_reports_an_unknown_field_with_the_one_that_was_meant(change: dict[str, object], fix: str) -> None:
    with pytest.raises(FairleadProblem) as raised:
        check_environment_config({**good, **change})
    assert raised.value.fix.startswith(fix)


@pytest.mark.parametrize("number", [2.7, 2.10])
def test_rejects_a_numeric_version_since_it_may_have_lost_its_zero(number: float) -> None:
    with pytest.raises(FairleadProblem) as raised:
        check_environment_config({**good, "ray_version": number})
    assert "as a number 2.10 is 2.1; write it as text, in quotes" in raised.value.detail
