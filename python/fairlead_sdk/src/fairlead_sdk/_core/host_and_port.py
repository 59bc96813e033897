"""host[:port] in one strict ASCII grammar. Anything not in canonical form is rejected, never corrected."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

_label = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True)
class HostAndPort:
    host: str
    port: int | None

    def __str__(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"


def parse_host_and_port(text: str) -> HostAndPort | None:
    found = re.fullmatch(r"(\[[0-9A-Fa-f:]{2,39}\]|[A-Za-z0-9.-]{1,253})(?::([1-9][0-9]{0,4}))?", text, re.ASCII)
    if found is None:
        return None
    host, port = found[1].lower(), None if found[2] is None else int(found[2])
    if not _is_canonical(host) or (port or 0) > 65535:
        return None
    return HostAndPort(host, port)


def is_loopback(host: str) -> bool:
    """`localhost`, 127.0.0.0/8 and `[::1]`; names under `localhost` do not count, since a resolver may point them elsewhere."""
    return host in ("localhost", "[::1]") or re.fullmatch(r"127\.[0-9]+\.[0-9]+\.[0-9]+", host) is not None


def _is_canonical(host: str) -> bool:
    if host.startswith("["):
        try:
            address = ipaddress.IPv6Address(host[1:-1])
        except ValueError:
            return False
        return address.ipv4_mapped is None and address.compressed == host[1:-1]
    labels = host.split(".")
    if not all(_label.fullmatch(label) for label in labels):
        return False
    # Every URL parser takes a host whose last label is a number for an IPv4 address.
    return re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]) is None or _is_ipv4(host)


def _is_ipv4(host: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False
