"""The README examples, unchanged except for the image and for unique names, since several Pythons run them at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Place, Stage

Name = Callable[[str], str]

readme = (Path(__file__).parents[1] / "README.md").read_text()


def examples() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)


def with_names(text: str, environment: str, cluster: str) -> str:
    return re.sub(r"(?<![\w-])train(?![\w-])", cluster, re.sub(r"(?<![\w-])my-env(?![\w-])", environment, text))


def test_the_python_examples_run_one_after_the_other(
    lively: Place, stage: Stage, name: Name, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = []
    environment, cluster_name = name("my-env"), name("train")
    for block in examples():
        text = with_names(block, environment, cluster_name).replace(
            "example.jfrog.io/team/my-image:tag", stage.config["docker_image"]
        )
        exec(compile(text, "README.md", "exec"), {"__name__": "readme"})  # noqa: S102
        printed.append(capsys.readouterr().out)
    build, cluster, environments, problem = printed
    assert build == f"succeeded {stage.digest}\n"
    assert cluster == "Running ray://10.0.0.1:10001\n"
    assert f"{environment} succeeded\n" in environments
    assert problem.startswith("CLUSTER_ENV_NOT_FOUND\n")
    assert problem.endswith("\nyou\n")
