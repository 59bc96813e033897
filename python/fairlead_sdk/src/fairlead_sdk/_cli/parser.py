"""The commands and their flags, which are those of the command in Node."""

from __future__ import annotations

import argparse
import os
import re
import sys
from typing import NoReturn

from fairlead_sdk._cli.full_command import belongs_to_full, where_it_is
from fairlead_sdk.version import __version__

_examples = """\
examples:
  fairlead cluster-env build -n my-env my_cluster_env.yaml
  fairlead cluster start -n train --env my-env --workers 1
  fairlead cluster terminate -n train
"""


class UsageError(Exception):
    def __init__(self, reason: str, command: str, fix: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fix = fix or f"See `{command} --help`."


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        typed = re.search(r"invalid choice: '([a-z-]{1,20})' \(choose", message)
        if typed and belongs_to_full(typed[1], self.prog):
            reason = f"this is the small fairlead of the Python package fairlead-sdk, which has no {typed[1]}"
            raise UsageError(reason, self.prog, where_it_is(sys.argv[0], os.environ.get("PATH", "")))
        raise UsageError(_without_values(message), self.prog)


def make_parser() -> Parser:
    parser = Parser(
        prog="fairlead",
        description=(
            "Ray clusters from images in private registries. This is the small command of the Python package\n"
            "fairlead-sdk; the full one has all else: nodes, clouds, secrets, login, serve."
        ),
        epilog=_examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=__version__)
    groups = parser.add_subparsers(dest="group", required=True, metavar="COMMAND")
    environments = _group(groups, "cluster-env", "images with a name: register, check, list")
    _build(_command(environments, "build", "register an image, and check on a node that it can be pulled"))
    _get(_command(environments, "get", "show one build: image, digest, problem"))
    _list_environments(_command(environments, "list", "list cluster environments, or the builds of one"))
    clusters = _group(groups, "cluster", "Ray clusters: start, stop, list")
    _start(_command(clusters, "start", "make and start a cluster, and wait until Ray runs on all its nodes"))
    _connect(_command(clusters, "connect", "run a command that reaches Ray in a cluster: with its address and its token"))
    _terminate(_command(clusters, "terminate", "stop Ray and remove its containers"))
    _max_items(_command(clusters, "list", "list clusters, newest first"))
    return parser


def _group(groups: argparse._SubParsersAction[Parser], name: str, brief: str) -> argparse._SubParsersAction[Parser]:
    group = groups.add_parser(name, help=brief, description=brief, allow_abbrev=False)
    return group.add_subparsers(dest="command", required=True, metavar="COMMAND")


def _command(group: argparse._SubParsersAction[Parser], name: str, brief: str) -> Parser:
    command = group.add_parser(name, help=brief, description=brief, allow_abbrev=False)
    command.add_argument("--host", metavar="URL", help="the control plane; by default FAIRLEAD_HOST, or the last login")
    command.add_argument("--ca-file", metavar="FILE", help="trust this CA alone; by default FAIRLEAD_CA_FILE")
    command.add_argument("--json", action="store_true", help="print what the API gives, as JSON")
    return command


def _build(command: Parser) -> None:
    command.add_argument("file", metavar="FILE.yaml", help="the configuration; - for standard input")
    command.add_argument("-n", "--name", help="name of the cluster environment; by default that of the file")
    command.add_argument("--require-check", action="store_true", help="fail where no node is online to check it")
    _cloud(command)
    _waiting(command)


def _get(command: Parser) -> None:
    command.add_argument("identifier", nargs="?", metavar="NAME[:REVISION]", help="the newest build, or that revision")
    command.add_argument("--id", metavar="BUILD_ID", help="the same, by the id of the build")


def _list_environments(command: Parser) -> None:
    _which(command)
    command.add_argument("--include-archived", action="store_true", help="archived ones too")
    _max_items(command)


def _start(command: Parser) -> None:
    _which(command)
    command.add_argument("--env", metavar="NAME[:REVISION]", help="the cluster environment; needed for a new cluster")
    command.add_argument("--workers", type=_whole_number(0, 1000), metavar="N", help="nodes beside the head; none by default")
    command.add_argument("--no-pin-digest", action="store_true", help="pull what the tag points to now")
    _cloud(command)
    _waiting(command)


def _connect(command: Parser) -> None:
    _which(command)
    command.add_argument(
        "words", nargs="*", metavar="COMMAND", help="what to run, behind --; else a shell's exports are printed"
    )


def _terminate(command: Parser) -> None:
    _which(command)
    _waiting(command)


def _which(command: Parser) -> None:
    command.add_argument("-n", "--name", help="which, by its name")
    command.add_argument("--id", help="the same, by id")


def _cloud(command: Parser) -> None:
    command.add_argument("--cloud-name", metavar="CLOUD", help="the cloud whose nodes run it; needed where there are several")


def _waiting(command: Parser) -> None:
    command.add_argument("--timeout", type=_whole_number(1, 86_400), metavar="SECONDS", help="wait at most so long")
    command.add_argument("--no-wait", action="store_true", help="do not wait for the end")


def _max_items(command: Parser) -> None:
    command.add_argument("--max-items", type=_whole_number(1, 100_000), default=50, metavar="N", help="at most so many; 50")


class _whole_number:  # noqa: N801 - argparse names it in its messages
    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most

    def __call__(self, text: str) -> int:
        if re.fullmatch(r"[0-9]{1,9}", text) is None or not self._least <= int(text) <= self._most:
            raise argparse.ArgumentTypeError(f"expected a whole number from {self._least} to {self._most}")
        return int(text)


def _without_values(message: str) -> str:
    """What was typed may be a password; the names of flags are not."""
    if message.startswith("unrecognized arguments:"):
        # Of a short one its letter alone: its value may stand right behind it.
        flags = re.findall(r"(?<= )(?:--[A-Za-z][A-Za-z-]*|-[A-Za-z])", message)
        return f"there is no {flags[0]} here" if flags else "there is an argument too many"
    message = re.sub(r"ignored explicit argument .*", "it takes no value", message, flags=re.DOTALL)
    return re.sub(r"invalid choice: .* \(choose", "there is no such command (choose", message, flags=re.DOTALL)
