"""
Reads the YAML of a cluster environment. Every scalar is taken as it was typed, so that `ray_version: 2.10` keeps its zero and
an env var `true` stays that word. What a config never needs (aliases, tags, several documents) is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import yaml

from fairlead_sdk.problem import FairleadProblem, problem

largest_config = 256 * 1024

_deepest = 20
_text_tag = "tag:yaml.org,2002:str"


class _Mark(Protocol):
    line: int
    column: int


def read_config_yaml(path: str, data: bytes) -> dict[str, object]:
    """The fields as the file has them; `check_environment_config` judges what they say."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise problem("CONFIG_FILE_UNREADABLE", path=path, reason="it is not UTF-8 text") from None
    root = _compose(path, text)
    if root is None or (isinstance(root, yaml.ScalarNode) and root.value == ""):
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise _malformed(path, root.start_mark, "expected lines of the form `field: value`")
    return _read_pairs(path, root, lambda name, node: _field(path, name, node))


def _compose(path: str, text: str) -> yaml.Node | None:
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.BaseLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _deepest:
                raise _malformed(path, event.start_mark, "it is nested too deeply")
            if isinstance(event, yaml.AliasEvent):
                raise _malformed(path, event.start_mark, "aliases are not taken; write the value out")
            tag = getattr(event, "tag", None)
            if tag not in (None, "!", _text_tag):
                raise _malformed(path, event.start_mark, "tags are not taken; write the value alone")
        return yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        # In our own words: those of the parser may quote the file.
        raise _malformed(path, error.problem_mark, "it cannot be read here") from None
    except yaml.YAMLError:
        raise _malformed(path, None, "it has a character that YAML does not take") from None


def _field(path: str, name: str, node: yaml.Node) -> object:
    if name != "env_vars":
        return _text(path, name, node)
    if isinstance(node, yaml.MappingNode):
        return _read_pairs(path, node, lambda key, value: _text(path, f"env_vars.{key}", value))
    # All variables commented out: the field is there, and says nothing.
    return None if isinstance(node, yaml.ScalarNode) and node.value == "" and node.style is None else _text(path, name, node)


def _read_pairs(path: str, node: yaml.MappingNode, read: Callable[[str, yaml.Node], object]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _malformed(path, key.start_mark, "a field name must be plain text")
        if key.value in fields:
            raise _malformed(path, key.start_mark, "this field stands here a second time")
        fields[key.value] = read(key.value, value)
    return fields


def _text(path: str, name: str, node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    found = "a list" if isinstance(node, yaml.SequenceNode) else "named fields"
    raise problem("CONFIG_INVALID", path=name, reason=f"expected text, not {found}")


def _malformed(path: str, mark: _Mark | None, reason: str) -> FairleadProblem:
    line, column = (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
    return problem("CONFIG_YAML_MALFORMED", path=path, line=line, column=column, reason=reason)
