"""The wheel as users get it: built from the source distribution and installed alone in a new environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from fairlead_sdk.version import __version__

project = Path(__file__).resolve().parents[1]

snippet = """
from fairlead_sdk import FairleadSDK
from fairlead_sdk.models import CreateBYODClusterEnvironment

sdk = FairleadSDK()
build = sdk.build_cluster_environment(
    create_cluster_environment=CreateBYODClusterEnvironment(
        name="from-the-wheel",
        config_json={"docker_image": "my-registry/my-image:tag", "ray_version": "2.7.0", "registry_login_secret": "mysecretid"},
    )
)
print(build.status, build.revision)
"""


def run(*command: str | Path, **more: str) -> str:
    env = {**os.environ, **more}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, project)
    return folder


def test_contains_the_package_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob(f"fairlead_sdk-{__version__}-py3-none-any.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"fairlead_sdk", f"fairlead_sdk-{__version__}.dist-info"}
    wanted = {"fairlead_sdk/py.typed", "fairlead_sdk/_generated/problem_table.json", "fairlead_sdk/_generated/models.py"}
    assert wanted <= set(names)
    (source,) = built.glob(f"fairlead_sdk-{__version__}.tar.gz")
    with tarfile.open(source) as archive:
        parts = {name.split("/")[1] for name in archive.getnames()}
    assert parts <= {"src", "README.md", "LICENSE", "pyproject.toml", "PKG-INFO", ".gitignore"}


def test_the_snippet_runs_from_the_wheel(built: Path, tmp_path: Path) -> None:
    place = json.loads(os.environ["FAIRLEAD_PYTHON_STAGE"])["quiet"]
    (wheel,) = built.glob("*.whl")
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    quietly = ("install", "--quiet", "--disable-pip-version-check", "--no-input")
    run(python, "-m", "pip", *quietly, "--require-hashes", "-r", project / "requirements" / "runtime.txt")
    run(python, "-m", "pip", *quietly, "--no-deps", "--no-index", wheel)
    access = {
        "FAIRLEAD_HOST": place["origin"],
        "FAIRLEAD_TOKEN": place["token"],
        "FAIRLEAD_CA_FILE": place["ca_file"],
        "PYTHONPATH": "",
        "HOME": str(tmp_path),
    }
    assert run(python, "-W", "error", "-c", snippet, **access).startswith("pending ")
    assert not (tmp_path / "venv" / "bin" / "fairlead").exists(), "that name is the CLI's"
