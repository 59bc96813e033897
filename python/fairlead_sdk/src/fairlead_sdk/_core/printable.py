"""Makes text from outside safe on a terminal: escapes whatever is invisible or moves the cursor."""

import unicodedata

_longest = 200
_longest_sentence = 2000


def printable(text: str) -> str:
    """For a quoted value: escaped, and cut at 200 characters."""
    return _escaped(text, _longest)


def printable_sentence(text: str) -> str:
    return _escaped(text, _longest_sentence)


def _escaped(text: str, longest: int) -> str:
    escaped = "".join(_escape(character) for character in text[: longest + 1])
    return escaped if len(escaped) <= longest else escaped[: longest - 1] + "…"


def _escape(character: str) -> str:
    category = unicodedata.category(character)
    if not category.startswith("C") and category not in ("Zl", "Zp"):
        return character
    code = ord(character)
    return f"\\u{{{code:x}}}" if code > 0xFFFF else f"\\u{code:04x}"
