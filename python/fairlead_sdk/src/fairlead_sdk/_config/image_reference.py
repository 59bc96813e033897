"""
Whether a text names an image, by the grammar of distribution/reference, which Docker uses:

    reference = [ domain "/" ] path [ ":" tag ] [ "@" digest ]
    domain    = host [ ":" digits ]; present if the first component has a dot, a colon or upper case, or is `localhost`
    path      = component *( "/" component ), 255 characters at most
"""

import re
from dataclasses import dataclass

from fairlead_sdk.problem import FairleadProblem, problem

_hub = "docker.io"
_longest = 4096
_longest_path = 255

_label = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_domain = re.compile(rf"(?:{_label}(?:\.{_label})*|\[[A-Fa-f0-9:]+\])(?::[0-9]+)?")
_component = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*")
_tag = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_digest = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class ImageReference:
    domain: str
    path: str
    tag: str | None
    digest: str | None


def parse_image_reference(text: str) -> ImageReference:
    if text == "":
        raise _invalid("it is empty")
    if len(text) > _longest:
        raise _invalid(f"it is longer than {_longest} characters")
    if re.fullmatch(r"[!-~]+", text) is None:
        raise _invalid("it has white space or characters outside ASCII")
    if "://" in text:
        raise _invalid("it has a scheme; leave it out")
    if re.fullmatch(r"[0-9a-f]{64}", text) is not None:
        raise _invalid("64 hex digits alone name an image id, not an image")

    domain, remainder = _split_domain(text)
    if _domain.fullmatch(domain) is None:
        raise _invalid("the part before the first slash is not a host")
    named, at, digest = remainder.partition("@")
    path, colon, tag = named.partition(":")
    if re.search(r"[A-Z]", path) is not None:
        raise _invalid("the path must be lower case")
    if not all(_component.fullmatch(part) for part in path.split("/")):
        raise _invalid("the path has an empty part, or characters where the grammar does not allow them")
    if len(path) > _longest_path:
        raise _invalid(f"the path is longer than {_longest_path} characters")
    if colon and _tag.fullmatch(tag) is None:
        raise _invalid("a tag is 1 to 128 of A-Z a-z 0-9 . _ - and starts with neither . nor -")
    if at and _digest.fullmatch(digest) is None:
        raise _invalid("a digest is sha256: and 64 lower-case hex digits")
    return ImageReference(domain, path, tag if colon else None, digest if at else None)


def _split_domain(text: str) -> tuple[str, str]:
    """The first component is a host only if it cannot be a namespace of Docker Hub."""
    first, slash, rest = text.partition("/")
    is_host = bool(slash) and (first == "localhost" or re.search(r"[.:A-Z]", first) is not None)
    remainder = rest if is_host else text
    if is_host and first not in (_hub, f"index.{_hub}"):
        return first, remainder
    return _hub, remainder if "/" in remainder else f"library/{remainder}"


def _invalid(reason: str) -> FairleadProblem:
    return problem("IMAGE_REF_INVALID", reason=reason)
