"""
Whether a text may name a secret of some provider. Text that looks like a secret itself is rejected first. The control plane,
which knows the provider, has the last word; this check accepts the names of all providers and rejects most passwords.
"""

import re

from fairlead_sdk._config.looks_like_secret import looks_like_secret
from fairlead_sdk.problem import FairleadProblem, problem

_longest = 2048
_name = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
_arn = re.compile(
    r"arn:aws(?:-cn|-us-gov)?:secretsmanager:[a-z0-9-]{1,32}:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]{1,512}-[A-Za-z0-9]{6}"
)
# Older projects may belong to a domain, which is followed by a colon.
_gcp = re.compile(
    r"/?projects/[a-z0-9.:-]{1,100}(?:/locations/[a-z0-9-]{1,64})?/secrets/[A-Za-z0-9_-]{1,255}/versions/[A-Za-z0-9_-]{1,63}"
)


def check_secret_reference(text: str) -> None:
    if looks_like_secret(text):
        raise problem("REFERENCE_LOOKS_LIKE_A_SECRET")
    if text == "":
        raise _invalid("it is empty")
    if len(text) > _longest:
        raise _invalid(f"it is longer than {_longest} characters")
    if text.startswith("arn:"):
        if _arn.fullmatch(text) is None:
            raise _invalid("it is not the full ARN of a secret in Secrets Manager")
    elif _name.fullmatch(text) is None and _gcp.fullmatch(text) is None:
        raise _invalid("a name has 1 to 512 of A-Z a-z 0-9 / _ + = . @ -")


def _invalid(reason: str) -> FairleadProblem:
    return problem("SECRET_REF_INVALID", reason=reason)
