"""Text that looks like a secret is not a reference: it is rejected before it is sent, and never repeated."""

import re

# How registry tokens begin.
_token_prefixes = "|".join(
    [
        "dckr_[po]at_",  # Docker Hub personal and organisation access tokens
        "gh[opsur]_",  # GitHub
        "github_pat_",
        "gl(?:pat|dt|rt|cbt|ptt|ft|soat|oas)-",  # GitLab
        "AKCp",  # JFrog API keys
        "cmVmdGtu",  # JFrog reference tokens: base64 of `reftkn`
        "eyJ",  # a JSON object in base64: signed tokens of any issuer, `auth` of a docker config
        "nvapi-",  # NVIDIA
        r"ya29\.",  # Google access tokens
        "dop_v1_",  # DigitalOcean
        "hf_[A-Za-z]{30}",  # Hugging Face
        "xox[abprs]-",  # Slack
        "(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])",  # AWS access key ids
    ]
)

_starts_as_token = re.compile(rf"[\"'\s]*(?:{_token_prefixes})")
_holds_token = re.compile(rf"[^A-Za-z0-9](?:{_token_prefixes})[A-Za-z0-9_.=+/-]{{16}}")
_private_key = re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY")
# `://user:password`, but not `://host:port`.
_userinfo = re.compile(r"://[^\s/:@]{1,256}:(?![0-9]{1,5}(?:/|\Z))[^\s/]")
_whole_document = re.compile(r"[\"'\s]*\{")
_longest_text = 8192


def looks_like_credential(text: str) -> bool:
    """True for text that may be a credential in itself: a token, a private key, or a URL with a password."""
    start = text[:_longest_text]
    return (
        _starts_as_token.match(start) is not None
        or _holds_token.search(start) is not None
        or _private_key.search(start) is not None
        or _userinfo.search(start) is not None
    )


def looks_like_secret(text: str) -> bool:
    """True for text that must not be accepted as a secret reference: a credential, or the secret's whole document."""
    return looks_like_credential(text) or _whole_document.match(text[:_longest_text]) is not None
