"""What is printed for people moves no cursor, whatever the control plane says."""

from __future__ import annotations

import io

from fairlead_sdk._cli.cluster_env import _print_details
from fairlead_sdk._cli.output import Output
from fairlead_sdk.models import Build

_hostile = "a\x1b[2J\u202eb\nc"
_build = Build.model_construct(
    docker_image_name=_hostile,
    digest=None,
    byod_ray_version=None,
    ray_version=_hostile,
    registry_login_secret="x" * 2048,
    status="succeeded",
    id=_hostile,
)


def test_the_details_of_a_build_are_escaped_and_cut() -> None:
    stdout = io.StringIO()
    _print_details(_build, Output(stdout, io.StringIO(), {}, False))
    lines = stdout.getvalue().splitlines()
    assert lines[0] == "  image  a\\u001b[2J\\u202eb\\u000ac"
    assert [line.split()[0] for line in lines] == ["image", "ray", "secret", "status", "id"]
    assert max(map(len, lines)) < 220


def test_so_is_every_other_line() -> None:
    stdout = io.StringIO()
    Output(stdout, io.StringIO(), {}, False).line(_hostile)
    assert stdout.getvalue() == "a\\u001b[2J\\u202eb\\u000ac\n"
