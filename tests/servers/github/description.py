"""GitHub's own OpenAPI description, used to check every request and every answer of the local GitHub."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import jsonschema_rs

from tests.tools import tool

# Parameters whose values hold slashes: `contents/src/a.py`, `git/ref/heads/main`, `compare/a...feature/b`.
_WITH_SLASHES = {"path", "ref", "basehead"}

# Any endpoint may answer these, though the description names them for some only.
_ANYWHERE = {401, 403, 404, 410, 422, 429, 500, 502, 503}
_ERROR = "#/components/schemas/basic-error"

# Where the description is wrong about GitHub: a pattern of the complaint, and why it is dropped.
_FAULTY = {
    r"/issues/\{issue_number\}/labels body: .*'oneOf'": (
        "its own prose says that an array of labels may be passed directly; its schema left that out"
    ),
    r"/pulls -> 200: \d+/labels/\d+/description: null is not": (
        "a label without a description has null there, as the schema of a label itself says"
    ),
}

_NOTES = {"description", "example", "examples", "title", "deprecated", "externalDocs", "readOnly"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One documented endpoint, and what a request's path gave for its parameters."""

    method: str
    template: str
    spec: Mapping[str, Any]
    values: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


class Description:
    """Finds the operation of a request and checks what was sent and answered."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._tree: dict[str, Any] = {}
        for template in document["paths"]:
            if "}.." in template:
                continue  # `{base}...{head}`, which the description also has as `{basehead}`
            node = self._tree
            for part in template.strip("/").split("/"):
                node = node.setdefault("{}" if part.startswith("{") else part, {})
                if part.startswith("{"):
                    node.setdefault("<names>", []).append(part.strip("{}"))
            node["<template>"] = template
        self._schemas: dict[str, Any] = {}
        self._compile = cache(self._compiled)

    def match(self, method: str, path: str) -> Operation | None:
        """Return the operation, or `None` for an endpoint that GitHub does not have."""
        for template in _walk(self._tree, path.strip("/").split("/")):
            spec = self._document["paths"][template].get(method.lower())
            if spec is not None:
                values = _values(template, path)
                return Operation(method=method, template=template, spec=spec, values=values)
        return None

    def request_faults(self, operation: Operation, *, query: Mapping[str, str], body: Any) -> list[str]:
        """Say what of a request is not as documented: parameters, body, and keys nobody declared."""
        declared = {p["name"]: p for p in map(self._resolve, operation.spec.get("parameters", ()))}
        queries = {name: p for name, p in declared.items() if p["in"] == "query"}
        faults = [f"{operation}: no query parameter {name!r}" for name in query if name not in queries]
        for name, parameter in queries.items():
            if name in query:
                schema = self._resolve(parameter["schema"])
                value = query[name] if schema.get("type") == "string" else _typed(query[name])
                faults += self._errors(schema, value, f"{operation} ?{name}")
            elif parameter.get("required"):
                faults.append(f"{operation}: query parameter {name!r} is required")
        return faults + self._body_faults(operation, body)

    def answer_faults(self, operation: Operation, *, status: int, body: Any) -> list[str]:
        """Say what of an answer is not as documented."""
        where = f"{operation} -> {status}"
        responses = operation.spec["responses"]
        if status == 304:
            return []  # any GET may be conditional (docs: "Use conditional requests if appropriate")
        if str(status) not in responses:
            if status not in _ANYWHERE:
                return [f"{where}: the description has no such answer"]
            return self._errors({"$ref": _ERROR}, body, where)
        content = self._resolve(responses[str(status)]).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        if schema is None or isinstance(body, bytes):
            return []
        return self._errors(schema, body, where)

    def _body_faults(self, operation: Operation, body: Any) -> list[str]:
        if (spec := operation.spec.get("requestBody")) is None:
            return [f"{operation}: takes no body"] if body else []
        schema = self._resolve(spec)["content"]["application/json"]["schema"]
        if body is None:
            return [f"{operation}: a body is required"] if spec.get("required") else []
        faults = self._errors(schema, body, f"{operation} body")
        known = set(self._resolve(schema).get("properties", ()))
        if known and isinstance(body, dict):
            faults += [f"{operation}: no body key {key!r}" for key in body if key not in known]
        return faults

    def _errors(self, schema: Mapping[str, Any], value: Any, where: str) -> list[str]:
        validator = self._compile(json.dumps(schema, sort_keys=True))
        found = (
            f"{where}: {'/'.join(map(str, e.instance_path))}: {e.message[:300]}"
            for e in validator.iter_errors(value)
        )
        return [text for text in found if not any(re.search(known, text) for known in _FAULTY)]

    def _compiled(self, text: str) -> jsonschema_rs.Draft202012Validator:
        schema = _modern(json.loads(text))
        schemas: dict[str, Any] = {}
        waiting = list(_refs(schema))
        while waiting:
            if (name := waiting.pop()) not in schemas:
                schemas[name] = self._schema(name)
                waiting += _refs(schemas[name])
        return jsonschema_rs.Draft202012Validator(
            {"allOf": [schema], "components": {"schemas": schemas}}, validate_formats=True
        )

    def _schema(self, name: str) -> Any:
        if name not in self._schemas:
            self._schemas[name] = _modern(self._document["components"]["schemas"][name])
        return self._schemas[name]

    def _resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in node:
            target: Any = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node


@lru_cache(maxsize=1)
def load() -> Description:
    """Read the installed description; 13 MB of JSON take a fifth of a second."""
    return Description(json.loads(tool("octokit-openapi").read_text("utf-8")))


def _walk(node: Mapping[str, Any], parts: list[str]) -> Iterator[str]:
    """Yield the templates that match, those with the most literal parts first."""
    if not parts:
        if "<template>" in node:
            yield node["<template>"]
        return
    if parts[0] in node and not parts[0].startswith("<"):
        yield from _walk(node[parts[0]], parts[1:])
    if "{}" in node:
        child = node["{}"]
        yield from _walk(child, parts[1:])
        if "<template>" in child and len(parts) > 1 and _WITH_SLASHES & set(child["<names>"]):
            yield child["<template>"]


def _values(template: str, path: str) -> dict[str, str]:
    names = template.strip("/").split("/")
    parts = path.strip("/").split("/", len(names) - 1)
    return {n.strip("{}"): v for n, v in zip(names, parts, strict=True) if n.startswith("{")}


def _typed(text: str) -> Any:
    """Read a query value as the JSON it stands for; text stays text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, int) else text


def _refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(ref := node.get("$ref"), str):
            yield ref.rsplit("/", 1)[-1]
        for value in node.values():
            yield from _refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _refs(value)


def _modern(node: Any) -> Any:
    """Translate OpenAPI 3.0 to JSON Schema: `nullable` becomes a type of its own."""
    if isinstance(node, list):
        return [_modern(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "properties" in node and isinstance(node["properties"], dict):
        properties = {name: _modern(value) for name, value in node["properties"].items()}
        return {**_modern({k: v for k, v in node.items() if k != "properties"}), "properties": properties}
    plain = {
        k: v if k in ("enum", "default") else _modern(v)
        for k, v in node.items()
        if k not in _NOTES and k != "nullable" and not k.startswith("x-")
    }
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain
