"""Text that looks like a secret is not a reference: it is rejected before it is sent, and never repeated."""

import re

# How tokens begin, for registries and other services: the list of the contract, with which a test compares it.
token_prefixes = [
    "dckr_[po]at_",  # Docker Hub personal and organisation access tokens
    "gh[opsur]_",  # GitHub
    "github_pat_",
    "gl(?:pat|dt|rt|cbt|ptt|ft|soat|oas|imt|ffct|agent)-",  # GitLab
    "AKCp",  # JFrog API keys
    "cmVmdGtu",  # JFrog reference tokens: base64 of `reftkn`
    "eyJ",  # a JSON object in base64: any signed token, `auth` of a docker config
    "nvapi-",  # NVIDIA
    r"ya29\.",  # Google access tokens
    "dop_v1_",  # DigitalOcean
    "hf_[A-Za-z]{30}",  # Hugging Face
    "xox[abprs]-",  # Slack
    "npm_(?=[A-Za-z0-9]{0,35}[A-Z])(?=[A-Za-z0-9]{36})",  # npm; `npm_config_` and `npm_token` are ordinary names
    "AT[A-Z]{3}3x[A-Za-z0-9]",  # Atlassian API tokens, such as ATATT and ATCTT
    "ATBB(?=[A-Za-z0-9]{20})",  # Bitbucket app passwords
    "pypi-AgE",  # PyPI
    r"hvs\.(?=[A-Za-z0-9_-]{20})",  # HashiCorp Vault
    # OpenAI, Anthropic; a capital and a digit distinguish it from `sk-learn` and the like.
    "sk-(?:proj|ant|svcacct|admin|or|lf)-(?=[A-Za-z0-9_-]{0,64}[A-Z])(?=[A-Za-z0-9_-]{0,64}[0-9])",
    "sk-(?=[A-Za-z0-9]{0,19}[A-Z])(?=[A-Za-z0-9]{0,19}[0-9])(?=[A-Za-z0-9]{20})",
    "[sr]k_(?:live|test)_(?=[A-Za-z0-9]{0,19}[A-Z])(?=[A-Za-z0-9]{20})",  # Stripe
    "AIza(?=[A-Za-z0-9_-]{35})",  # Google API keys
    r"SG\.(?=[A-Za-z0-9_-]{0,21}[A-Z])(?=[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})",  # SendGrid
    "(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])",  # AWS access key ids
]
_token = "|".join(token_prefixes)

_starts_as_token = re.compile(rf"[\"'\s]*(?:{_token})")
_has_token_inside = re.compile(rf"[^A-Za-z0-9](?:{_token})[A-Za-z0-9_.=+/-]{{16}}")
# A whole token in place of a name: ordinary words after a token prefix contain no capital and no digit.
_is_token = re.compile(rf"(?:^|[^A-Za-z0-9])(?:{_token})(?=[A-Za-z0-9_.=+/-]{{0,64}}[A-Z0-9])[A-Za-z0-9_.=+/-]{{16}}")
_access_key_id = re.compile(r"(?:^|[^A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])")
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
        or _has_token_inside.search(start) is not None
        or _private_key.search(start) is not None
        or _userinfo.search(start) is not None
    )


def holds_token(name: str) -> bool:
    """True for a name or tag that holds a whole token. People choose names freely, so a token prefix is not enough."""
    start = name[:_longest_text]
    return _is_token.search(start) is not None or _access_key_id.search(start) is not None


def looks_like_secret(text: str) -> bool:
    """True for text that must not be accepted as a secret reference: a credential, or the secret's whole document."""
    return looks_like_credential(text) or _whole_document.match(text[:_longest_text]) is not None
