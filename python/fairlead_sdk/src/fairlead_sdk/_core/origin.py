"""Where a control plane is: scheme, host and port. Plain http is for loopback only, since it would expose the token."""

import re

from fairlead_sdk._core.host_and_port import is_loopback, parse_host_and_port
from fairlead_sdk.problem import problem


def parse_origin(text: str) -> str:
    """Parses `https://host[:port]`; https is the default. It may contain nothing else, so that no token goes astray."""
    found = re.fullmatch(r"(?:(https?)://)?([^/\n]+)/?", text, re.IGNORECASE | re.ASCII)
    place = None if found is None else parse_host_and_port(found[2])
    if found is None or place is None:
        raise problem("USAGE", reason="the host of the control plane is not of the form https://HOST[:PORT]")
    scheme = (found[1] or "https").lower()
    if scheme == "http" and not is_loopback(place.host):
        raise problem("PLAIN_HTTP_REFUSED", host=str(place))
    return f"{scheme}://{place}"
