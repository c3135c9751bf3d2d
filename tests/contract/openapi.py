"""A vendor's OpenAPI file as validators: does this answer have the shape they promise?"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker

SPECS = Path(__file__).parent / "specs"


@cache
def spec(name: str) -> Any:
    """The file, with OpenAPI 3.0's `nullable` and enums of the wrong type made JSON Schema."""
    text = (SPECS / name).read_text(encoding="utf-8")
    loaded = json.loads(text) if name.endswith(".json") else yaml.load(text, _loader())
    return _as_json_schema(loaded)


def problems(name: str, *, method: str, path: str, status: int, body: Any) -> list[str]:
    """What is wrong with an answer; an operation or status that the file has not is wrong too."""
    operation = operation_of(name, method=method, path=path)
    if operation is None:
        return [f"{method} {path} is not in {name}"]
    promised = operation["responses"].get(str(status))
    if promised is None:
        return [f"{method} {path} promises no {status}"]
    content = promised.get("content", {})
    if not content:
        return [] if body in (None, "") else ["a body where none is promised"]
    schema = next(iter(content.values()))["schema"]
    validator = _validator(name, json.dumps(schema, sort_keys=True))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)] + [
        f"{where}: not in the schema" for where in _strangers(spec(name), schema, body, "$")
    ]


def operation_of(name: str, *, method: str, path: str) -> Any:
    """The operation that answers this path; a literal path wins over one with parameters."""
    fitting = [
        known
        for known, methods in spec(name)["paths"].items()
        if method.lower() in methods and _pattern(known).fullmatch(path)
    ]
    if not fitting:
        return None
    best = min(fitting, key=lambda known: known.count("{"))
    return spec(name)["paths"][best][method.lower()]


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/:]+", re.escape(path)))


@cache
def _validator(name: str, schema: str) -> Draft202012Validator:
    whole = {**json.loads(schema), "components": spec(name)["components"]}
    return Draft202012Validator(whole, format_checker=FormatChecker())


def _strangers(whole: Any, schema: Any, body: Any, where: str) -> list[str]:
    """Properties that the vendor's schema does not name: a client must never lean on them."""
    while "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if isinstance(body, list):
        rows = enumerate(body)
        return [
            s for n, row in rows for s in _strangers(whole, schema["items"], row, f"{where}[{n}]")
        ]
    if not isinstance(body, dict) or "properties" not in schema:
        return []
    known = schema["properties"]
    inner = [
        s
        for name, value in body.items()
        if name in known
        for s in _strangers(whole, known[name], value, f"{where}.{name}")
    ]
    return [f"{where}.{name}" for name in body if name not in known] + inner


def _as_json_schema(node: Any) -> Any:
    if isinstance(node, list):
        return [_as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _as_json_schema(value) for key, value in node.items()}
    if made.get("type") == "integer" and isinstance(made.get("enum"), list):
        made["enum"] = [int(value) for value in made["enum"]]
    if made.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        if isinstance(made.get("enum"), list):
            made["enum"] = [*made["enum"], None]
    return made


def _loader() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)
