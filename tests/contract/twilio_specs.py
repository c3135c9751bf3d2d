"""Twilio's OpenAPI files as JSON Schema; what OpenAPI 3.0 calls nullable may be null there."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SPECS = Path(__file__).parent / "specs"


def check(answer: Any, *, file: str, path: str, method: str, status: int) -> None:
    """Raises where the answer is not what the operation is said to answer."""
    _validator(file, path, method, str(status)).validate(answer)


def fields(file: str, schema: str) -> set[str]:
    """The names of a resource's fields."""
    return set(_spec(file)["components"]["schemas"][schema]["properties"])


@cache
def _spec(file: str) -> Any:
    return json.loads((SPECS / f"{file}.json").read_text())


@cache
def _validator(file: str, path: str, method: str, status: str) -> Draft202012Validator:
    spec = _spec(file)
    content = spec["paths"][path][method]["responses"][status]["content"]
    schema = _nullable(next(iter(content.values()))["schema"])
    return Draft202012Validator({**schema, "components": _nullable(spec["components"])})


def _nullable(node: Any) -> Any:
    if isinstance(node, list):
        return [_nullable(one) for one in node]
    if not isinstance(node, dict):
        return node
    mended = {key: _nullable(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [mended, {"type": "null"}]} if node.get("nullable") is True else mended
