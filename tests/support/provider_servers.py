"""Servers on loopback with the protocols of Google and Anthropic, as litellm speaks them."""

from __future__ import annotations

import hashlib
import json
import re
from http.server import BaseHTTPRequestHandler
from typing import Any

from support.openai_server import Arrived, Behaviour, OpenAIServer, picture_size, sound_seconds


class GoogleServer(OpenAIServer):
    """Answers `generateContent`."""

    def read(self, handler: BaseHTTPRequestHandler, body: bytes) -> Arrived:
        content = json.loads(body)
        found = re.search(r"models/([^:/]+):generateContent", handler.path)
        assert found is not None, handler.path
        in_url = re.search(r"[?&]key=([^&]+)", handler.path)
        key = handler.headers.get("x-goog-api-key") or (in_url[1] if in_url else "")
        system = content.get("system_instruction") or content.get("systemInstruction")
        arrived = Arrived(
            handler.path, key, found[1], _words(system), "", [], 0.0, _digest(body),
            content.get("generationConfig") or {},
        )  # fmt: skip
        for part in content["contents"][0]["parts"]:
            sent = part.get("inline_data") or part.get("inlineData")
            if sent is None:
                arrived.user += part["text"]
                continue
            kind = sent.get("mime_type") or sent.get("mimeType")
            if kind == "image/jpeg":
                arrived.pictures.append(picture_size(sent["data"]))
            else:
                assert kind == "audio/wav", kind
                arrived.seconds_of_sound = sound_seconds(sent["data"])
        return arrived

    def content(self, how: Behaviour, arrived: Arrived) -> dict[str, Any]:
        sent, came = how.usage or (0, 0)
        usage = {
            "promptTokenCount": sent,
            "candidatesTokenCount": came,
            "totalTokenCount": sent + came,
            "promptTokensDetails": [
                {"modality": "TEXT", "tokenCount": sent - 160},
                {"modality": "AUDIO", "tokenCount": 160},
            ],
        }
        if how.finish == "blocked":
            return {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": usage}
        parts = {"parts": [{"text": how.text}], "role": "model"}
        candidate = {"content": parts, "finishReason": how.finish.upper(), "index": 0}
        return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": arrived.model}


class AnthropicServer(OpenAIServer):
    """Answers `/v1/messages`."""

    def read(self, handler: BaseHTTPRequestHandler, body: bytes) -> Arrived:
        content = json.loads(body)
        assert handler.path.endswith("/v1/messages"), handler.path
        system = content.get("system", "")
        arrived = Arrived(
            handler.path, handler.headers.get("x-api-key", ""), content["model"],
            system if isinstance(system, str) else _words({"parts": system}), "", [], 0.0,
            _digest(body),
            {k: v for k, v in content.items() if k not in ("messages", "model", "system")},
        )  # fmt: skip
        for part in content["messages"][0]["content"]:
            if part["type"] == "image":
                assert part["source"]["media_type"] == "image/jpeg"
                arrived.pictures.append(picture_size(part["source"]["data"]))
            else:
                arrived.user += part["text"]
        return arrived

    def content(self, how: Behaviour, arrived: Arrived) -> dict[str, Any]:
        sent, came = how.usage or (0, 0)
        reason = {"stop": "end_turn", "length": "max_tokens"}.get(how.finish, how.finish)
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": arrived.model,
            "content": [{"type": "text", "text": how.text}] if how.text else [],
            "stop_reason": reason,
            "stop_sequence": None,
            "usage": {"input_tokens": sent, "output_tokens": came},
        }


def sent_enums(value: Any) -> list[list[str]]:
    """Return every enum in what was sent."""
    if isinstance(value, dict):
        own = [list(value["enum"])] if "enum" in value else []
        return own + [enum for inner in value.values() for enum in sent_enums(inner)]
    if isinstance(value, list):
        return [enum for inner in value for enum in sent_enums(inner)]
    return []


def _words(message: dict[str, Any] | None) -> str:
    return "".join(part["text"] for part in (message or {}).get("parts", []))


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
