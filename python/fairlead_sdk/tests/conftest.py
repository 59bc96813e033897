"""What the tests use: real control planes, started once by scripts/python-stage.ts, and a home folder of their own."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from fairlead_sdk import FairleadSDK

# How long an example takes depends only on the machine.
settings.register_profile("here", max_examples=50, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("here")

repository = Path(__file__).resolve().parents[3]
vectors = repository / "packages" / "contract" / "fixtures" / "vectors"


@dataclass(frozen=True)
class Place:
    """How to reach a control plane."""

    origin: str
    token: str
    ca_file: str | None
    log: Path

    @property
    def env(self) -> dict[str, str]:
        ca = {} if self.ca_file is None else {"FAIRLEAD_CA_FILE": self.ca_file}
        return {"FAIRLEAD_HOST": self.origin, "FAIRLEAD_TOKEN": self.token, **ca}


@dataclass(frozen=True)
class Stage:
    # With a checker, a private registry and a simulated node.
    lively: Place
    # With TLS, and without any node.
    quiet: Place
    registry: str
    secret: str
    password: str
    digest: str

    @property
    def config(self) -> dict[str, Any]:
        """A valid configuration."""
        return {
            "docker_image": f"{self.registry}/team/my-image:tag",
            "ray_version": "2.55.1",
            "registry_login_secret": self.secret,
        }


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    # A run with several interpreters starts it once for all of them.
    given = os.environ.get("FAIRLEAD_PYTHON_STAGE")
    if given is not None:
        yield _stage_of(json.loads(given))
        return
    node = repository / "node_modules" / ".bin" / "node"
    command = [node, repository / "scripts" / "python-stage.ts"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=repository) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            pytest.fail("scripts/python-stage.ts did not start")
        yield _stage_of(json.loads(line))
        process.stdin.close()


def _stage_of(told: dict[str, Any]) -> Stage:
    quiet = told["quiet"]
    return Stage(
        lively=Place(told["origin"], told["token"], None, Path(told["log"])),
        quiet=Place(quiet["origin"], quiet["token"], quiet["ca_file"], Path(quiet["log"])),
        registry=told["registry"],
        secret=told["secret"],
        password=told["password"],
        digest=told["digest"],
    )


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keeps the settings of the person who runs the tests out of them."""
    for name in list(os.environ):
        if name.startswith(("FAIRLEAD_HOST", "FAIRLEAD_TOKEN", "FAIRLEAD_CA_FILE", "XDG_")):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("NO_COLOR", "1")
    return home


@pytest.fixture
def name() -> Callable[[str], str]:
    """A name that no other test uses."""
    return lambda stem: f"{stem}-{uuid.uuid4().hex[:10]}"


@pytest.fixture
def lively(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Place:
    for key, value in stage.lively.env.items():
        monkeypatch.setenv(key, value)
    return stage.lively


@pytest.fixture
def quiet(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Place:
    for key, value in stage.quiet.env.items():
        monkeypatch.setenv(key, value)
    return stage.quiet


@pytest.fixture
def sdk(lively: Place) -> Iterator[FairleadSDK]:
    with FairleadSDK() as client:
        yield client
