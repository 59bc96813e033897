"""Checks of the sources: format, lint, types on each version of Python, and generated models that are current."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from generate import generated, models

project = Path(__file__).resolve().parents[1]
bin_folder = Path(sys.executable).parent
# The examples import the package from this folder.
environment = {**os.environ, "MYPYPATH": str(project / "src")}


def run(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def mypy(*options: str | Path) -> None:
    # Not by its own file, which names the folder in which the environment was made.
    run(sys.executable, "-m", "mypy", *options)


def test_sources_are_formatted_with_ruff() -> None:
    run(bin_folder / "ruff", "format", "--check", ".")


def test_ruff_finds_nothing() -> None:
    run(bin_folder / "ruff", "check", ".")


@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12", "3.13", "3.14"])
def test_mypy_finds_nothing_on(version: str) -> None:
    mypy("--python-version", version)


def test_mypy_finds_nothing_in_the_readme_examples(tmp_path: Path) -> None:
    blocks = (project / "README.md").read_text().split("```python\n")[1:]
    paths = [tmp_path / f"example_{number}.py" for number in range(len(blocks))]
    for path, block in zip(paths, blocks, strict=True):
        path.write_text(block.partition("```")[0])
    mypy("--strict", "--cache-dir", tmp_path / "cache", *paths)


def test_the_models_match_a_running_control_plane() -> None:
    place = json.loads(os.environ["FAIRLEAD_PYTHON_STAGE"])
    document = httpx.get(f"{place['origin']}/api/v1/openapi.json").json()
    assert models(document) == generated.read_text(), "run tools/generate.py"
