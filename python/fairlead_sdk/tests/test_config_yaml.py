"""The file of a cluster environment: read as it was typed, and nothing but what a config needs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead_sdk import FairleadProblem
from fairlead_sdk._cli.config_yaml import read_config_yaml

page = """\
docker_image: my-registry/my-image:tag
ray_version: 2.7.0 # Replace this with the version of Ray in your image
env_vars: # Optionally, specify environment variables
  MY_VAR: value
registry_login_secret: mysecretid
"""


def read(text: str) -> dict[str, object]:
    return read_config_yaml("env.yaml", text.encode())


def test_the_file_of_the_page() -> None:
    assert read(page) == {
        "docker_image": "my-registry/my-image:tag",
        "ray_version": "2.7.0",
        "env_vars": {"MY_VAR": "value"},
        "registry_login_secret": "mysecretid",
    }


@pytest.mark.parametrize("word", ["2.10", "true", "0x10", "1e3", "null", "~", "no", "2026-01-01", "010", ".inf"])
def test_a_word_is_taken_as_it_was_typed(word: str) -> None:
    assert read(f"ray_version: {word}\nenv_vars:\n  A: {word}") == {"ray_version": word, "env_vars": {"A": word}}


@pytest.mark.parametrize("text", ["", "# nothing", "---\n"])
def test_an_empty_file_has_no_fields(text: str) -> None:
    assert read(text) == {}


def test_variables_that_are_all_commented_out_say_nothing() -> None:
    assert read("env_vars:\n  # A: 1\n") == {"env_vars": None}
    assert read("registry_login_secret:\n") == {"registry_login_secret": ""}


def test_json_does_as_well() -> None:
    assert read('{"docker_image": "a", "ray_version": "2.10"}') == {"docker_image": "a", "ray_version": "2.10"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("docker_image: [unclosed", "CONFIG_YAML_MALFORMED"),
        ("- a", "CONFIG_YAML_MALFORMED"),
        ("a: 1\na: 2", "CONFIG_YAML_MALFORMED"),
        ("env_vars: {A: 1, A: 2}", "CONFIG_YAML_MALFORMED"),
        ("a: &x 1\nb: *x", "CONFIG_YAML_MALFORMED"),
        ("a: !!python/object:os.system x", "CONFIG_YAML_MALFORMED"),
        ("a: 1\n---\nb: 2", "CONFIG_YAML_MALFORMED"),
        ("? [a]\n: b", "CONFIG_YAML_MALFORMED"),
        ("a: " + "[" * 5000, "CONFIG_YAML_MALFORMED"),
        ("a: \x00", "CONFIG_YAML_MALFORMED"),
        ("docker_image: [a]", "CONFIG_INVALID"),
        ("docker_image: {a: b}", "CONFIG_INVALID"),
        ("env_vars: {A: [1]}", "CONFIG_INVALID"),
    ],
)
def test_what_a_config_never_needs_is_refused(text: str, code: str) -> None:
    with pytest.raises(FairleadProblem) as raised:
        read(text)
    assert raised.value.code == code


def test_a_file_that_is_not_text_is_said_to_be_so() -> None:
    with pytest.raises(FairleadProblem, match="CONFIG_FILE_UNREADABLE"):
        read_config_yaml("env.yaml", b"\xff\xfe\x00")


@given(
    st.text(alphabet=st.sampled_from(list("ab:-[]{}&*!|>%@`\"'#,? \n\t\x85\ufeff.~1")), max_size=60) | st.binary(max_size=60)
)
def test_whatever_stands_there_is_fields_or_a_problem(text: str | bytes) -> None:
    try:
        fields = read_config_yaml("env.yaml", text if isinstance(text, bytes) else text.encode())
    except FairleadProblem as problem:
        assert problem.code in ("CONFIG_YAML_MALFORMED", "CONFIG_FILE_UNREADABLE", "CONFIG_INVALID")
    else:
        assert all(isinstance(name, str) for name in fields)
