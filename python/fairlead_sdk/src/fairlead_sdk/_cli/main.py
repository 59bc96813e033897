"""Runs one command line. Whatever goes wrong ends here: as a problem on standard error, and as its exit code."""

from __future__ import annotations

import os
import sys
import traceback
from argparse import Namespace
from collections.abc import Sequence

from fairlead_sdk._cli import cluster, cluster_env
from fairlead_sdk._cli.output import Output
from fairlead_sdk._cli.parser import UsageError, make_parser
from fairlead_sdk.client import FairleadSDK
from fairlead_sdk.problem import FairleadProblem, problem


def run() -> int:
    return main(sys.argv[1:])


def main(words: Sequence[str]) -> int:
    output = Output(sys.stdout, sys.stderr, os.environ, "--json" in words)
    try:
        _dispatch(make_parser().parse_args(words), output)
        sys.stdout.flush()
        return 0
    except SystemExit as ended:
        # --help and --version.
        return int(ended.code or 0)
    except (Exception, KeyboardInterrupt) as error:
        found = _problem_of(error)
        output.problem(found.document)
        _show_fault(found, error)
        return found.exit_code


def _dispatch(args: Namespace, output: Output) -> None:
    chosen = (args.group, args.command)
    if chosen == ("cluster-env", "build"):
        # Before there is a connection: what is wrong in the file needs none.
        config = cluster_env.read_config(args.file)
        with _connect(args) as sdk:
            cluster_env.build(args, config, sdk, output)
        return
    if chosen == ("cluster-env", "get"):
        cluster_env.check_get(args)
    command = {
        ("cluster-env", "get"): cluster_env.get,
        ("cluster-env", "list"): cluster_env.list_environments,
        ("cluster", "start"): cluster.start,
        ("cluster", "connect"): cluster.connect,
        ("cluster", "terminate"): cluster.terminate,
        ("cluster", "list"): cluster.list_clusters,
    }[chosen]
    with _connect(args) as sdk:
        command(args, sdk, output)


def _connect(args: Namespace) -> FairleadSDK:
    return FairleadSDK(host=args.host, ca_file=args.ca_file)


def _problem_of(error: BaseException) -> FairleadProblem:
    if isinstance(error, FairleadProblem):
        return error
    if isinstance(error, UsageError):
        usage = problem("USAGE", reason=error.reason)
        return FairleadProblem(usage.document.model_copy(update={"fix": error.fix}))
    return problem("INTERRUPTED" if isinstance(error, KeyboardInterrupt) else "INTERNAL")


def _show_fault(found: FairleadProblem, error: BaseException) -> None:
    # For who hunts a fault of ours: where it arose. Never the message, which may quote what it choked on.
    if found.code == "INTERNAL" and os.environ.get("FAIRLEAD_DEBUG"):
        frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
        print(type(error).__name__, "".join(frames), sep="\n", file=sys.stderr)
