"""`python -m fairlead_sdk`: the `fairlead` command, where another of that name comes first on the PATH."""

from fairlead_sdk._cli.main import run

raise SystemExit(run())
