"""Generates the models from the OpenAPI document of the control plane, which `node scripts/openapi.ts` writes.

python tools/generate.py           write them
python tools/generate.py --check   report whether they match the document
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

project = Path(__file__).resolve().parent.parent
repository = project.parent.parent
openapi = repository / "packages" / "contract" / "openapi.json"
generated = project / "src" / "fairlead_sdk" / "_generated" / "models.py"

# What the client sends and receives; it needs no models of the rest of the document, the channel of the nodes.
roots = [
    "ApiToken",
    "AuditEvent",
    "Build",
    "Cloud",
    "Cluster",
    "ClusterConnection",
    "ClusterEnvironment",
    "ClusterNode",
    "CreateApiToken",
    "CreateBuild",
    "CreateCloud",
    "CreateCluster",
    "CreateClusterEnvironment",
    "CreateGrant",
    "CreatedApiToken",
    "Grant",
    "JoinCommand",
    "JoinToken",
    "Node",
    "Overview",
    "Problem",
    "PullRecord",
    "StartCluster",
    "UpdateCloud",
]

# A newer control plane has problems that this client does not know but must still be able to read.
open_enumerations = {"ProblemCode"}

largest_safe_integer = 2**53 - 1
ruff = str(Path(sys.executable).parent / "ruff")
reference = "#/components/schemas/"


def main() -> int:
    text = models(json.loads(openapi.read_text()))
    if "--check" not in sys.argv[1:]:
        generated.write_text(text)
        return 0
    if generated.read_text() == text:
        return 0
    print("the models are not what the OpenAPI document says: run tools/generate.py")
    return 1


def models(document: dict[str, Any]) -> str:
    with TemporaryDirectory() as folder:
        source, target = Path(folder, "openapi.json"), Path(folder, "models.py")
        source.write_text(json.dumps(for_models(document)))
        # Not by its own file, which names the folder in which the environment was made.
        places = ["--input", str(source), "--output", str(target)]
        run(sys.executable, "-m", "datamodel_code_generator", *places, *generator_options)
        text = with_short_docstrings(target.read_text())
    for command in (["check", "--select=I", "--fix"], ["format"]):
        # Under the path of the real file, so that its settings apply.
        text = run(ruff, *command, "--quiet", "--stdin-filename", str(generated), "-", given=text)
    return text


def with_short_docstrings(text: str) -> str:
    return re.sub(r'"""\n +(.+)\n +"""', r'"""\1"""', text)


generator_options = [
    "--input-file-type=openapi",
    "--output-model-type=pydantic_v2.BaseModel",
    "--target-python-version=3.10",
    "--base-class=fairlead_sdk._core.model.Model",
    "--enum-field-as-literal=all",
    "--collapse-root-models",
    "--use-standard-collections",
    "--use-union-operator",
    "--use-annotated",
    "--use-schema-description",
    "--use-field-description",
    "--field-constraints",
    "--output-datetime-class=AwareDatetime",
    "--keep-model-order",
    "--disable-timestamp",
    "--formatters=builtin",
    '--custom-file-header="""The models of the API. Generated from its OpenAPI document by tools/generate.py."""',
]


def for_models(document: dict[str, Any]) -> dict[str, Any]:
    """The part of the document that the client needs, in a form that becomes plain Python."""
    schemas = document["components"]["schemas"]
    texts = {name for name, schema in schemas.items() if is_plain_text(name, schema)}
    kept: dict[str, Any] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in kept:
            continue
        kept[name] = simplified(schemas[name], texts)
        waiting += [found for found in references_in(kept[name]) if found not in kept]
    return {
        "openapi": document["openapi"],
        "info": document["info"],
        "paths": {},
        "components": {"schemas": {name: kept[name] for name in sorted(kept)}},
    }


def is_plain_text(name: str, schema: dict[str, Any]) -> bool:
    """Ids, and enumerations that grow: the control plane checks them."""
    return schema.get("type") == "string" and ("enum" not in schema or name in open_enumerations)


def simplified(schema: Any, texts: set[str]) -> Any:
    if isinstance(schema, list):
        return [simplified(item, texts) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if str(schema.get("$ref", "")).removeprefix(reference) in texts:
        return {"type": "string", **{key: schema[key] for key in ("description",) if key in schema}}
    plain = {
        key: simplified(value, texts)
        for key, value in schema.items()
        if key != "propertyNames" and abs(value if key in ("maximum", "minimum") else 0) < largest_safe_integer
    }
    return without_wrappers(plain)


def without_wrappers(schema: dict[str, Any]) -> dict[str, Any]:
    """Writes a value that may be null, or a list of texts, in the form that needs no separate model."""
    match schema:
        case {"pattern": str(pattern)}:
            return {**schema, "pattern": with_escaped_brackets(pattern)}
        case {"anyOf": [{"type": str(kind)} as value, {"type": "null"}], **rest} if "properties" not in value:
            return {**rest, **value, "type": [kind, "null"]}
        case {"items": {"type": "string"} as item} if "enum" not in item:
            return {**schema, "items": {"type": "string"}}
        case _:
            return schema


def with_escaped_brackets(pattern: str) -> str:
    """JavaScript accepts a bare [ inside brackets; pydantic's expressions do not."""
    written, in_class = "", False
    for part in re.findall(r"\\.|.", pattern, re.DOTALL):
        written += "\\[" if part == "[" and in_class else part
        in_class = part != "]" and (in_class or part == "[")
    return written


def references_in(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [name for item in schema for name in references_in(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema["$ref"].removeprefix(reference)] if isinstance(schema.get("$ref"), str) else []
    return own + [name for value in schema.values() for name in references_in(value)]


def run(program: str, *arguments: str, given: str = "") -> str:
    return subprocess.run([program, *arguments], input=given, stdout=subprocess.PIPE, text=True, check=True, cwd=project).stdout


if __name__ == "__main__":
    raise SystemExit(main())
