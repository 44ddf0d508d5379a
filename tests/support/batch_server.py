"""The OpenAI server with files and batches: it works on a batch while its state is asked for."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.openai_server import Arrived, OpenAIServer, Plan, read_request


class BatchServer(OpenAIServer):
    """Keeps files and batches; a batch has ended after it was looked at so many times.

    Attributes:
        looks: How many times that is; None for never.
        ending: Its last status.
        unanswered: Numbers of the lines that an expired batch never came to.
    """

    def __init__(self, plan: Plan | None = None) -> None:
        super().__init__(plan)
        self.looks: int | None = 1
        self.ending = "completed"
        self.unanswered: set[int] = set()
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.lines: list[Arrived] = []
        self.batch_tokens = [0, 0]
        self.refuse_batches: int | None = None
        self.lose_answers = False

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        if handler.path.endswith("/files"):
            body = handler.rfile.read(int(handler.headers["Content-Length"]))
            self._reply(handler, {"id": self._keep(body), "object": "file", **FILE})
        elif handler.path.endswith("/batches"):
            self._begin(handler)
        else:
            super().serve(handler)

    def serve_get(self, handler: BaseHTTPRequestHandler) -> None:
        url = urlsplit(handler.path)
        place = url.path.split("/v1/")[1].split("/")
        if place[0] == "files":
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(self.files[place[1]])))
            handler.end_headers()
            handler.wfile.write(self.files[place[1]])
        elif len(place) == 2:
            self._reply(handler, self._look(handler, place[1]))
        else:
            after = parse_qs(url.query).get("after", [None])[0]
            shown = list(self.batches.values())
            if after:
                shown = shown[[batch["id"] for batch in shown].index(after) + 1 :]
            page = {"object": "list", "data": shown[:2], "has_more": len(shown) > 2}
            self._reply(handler, page)

    def _keep(self, body: bytes) -> str:
        name = f"file-{uuid.uuid4().hex[:8]}"
        found = re.search(rb"filename=\"[^\"]+\.jsonl\".*?\r\n\r\n(.*?)\r\n--", body, re.DOTALL)
        assert found is not None and b"batch" in body
        self.files[name] = found.group(1)
        return name

    def _begin(self, handler: BaseHTTPRequestHandler) -> None:
        asked = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        if self.refuse_batches is not None:
            body = json.dumps({"error": {"message": "no batches today"}}).encode()
            self._send(handler, self.refuse_batches, body, {})
            return
        assert asked["endpoint"] == "/v1/chat/completions" and asked["completion_window"] == "24h"
        name = f"batch-{uuid.uuid4().hex[:8]}"
        self.batches[name] = {
            "id": name,
            "object": "batch",
            "status": "in_progress",
            "created_at": 1,
            "looked": 0,
            **asked,
        }
        if self.lose_answers:  # at work, but whoever asked never hears of it
            handler.close_connection = True
            handler.connection.close()
            return
        self._reply(handler, self.batches[name])

    def _look(self, handler: BaseHTTPRequestHandler, name: str) -> dict[str, Any]:
        batch = self.batches[name]
        batch["looked"] += 1
        if batch["status"] == "in_progress" and self.looks and batch["looked"] >= self.looks:
            batch["status"] = self.ending
            if self.ending == "failed":
                errors = [{"code": "bad", "message": "the file is too odd"}]
                batch["errors"] = {"object": "list", "data": errors}
            else:
                self._work(handler, batch)
        return batch

    def _work(self, handler: BaseHTTPRequestHandler, batch: dict[str, Any]) -> None:
        out: dict[str, list[str]] = {"output_file_id": [], "error_file_id": []}
        for number, line in enumerate(self.files[batch["input_file_id"]].splitlines()):
            if number in self.unanswered:
                continue
            request = json.loads(line)
            arrived = read_request(handler, json.dumps(request["body"]).encode(), self.check)
            self.lines.append(arrived)
            how = self.plan(number, arrived)
            if how.kind == "raw":  # a line as it is, with the question's id in it
                line = how.body.decode().replace("THE_ID", request["custom_id"])
                out["output_file_id"].append(line)
                for place in range(2):
                    self.batch_tokens[place] += how.usage[place] if how.usage else 0
                continue
            good = how.kind == "answer"
            response = {"status_code": 200 if good else how.status, "request_id": "r"}
            response["body"] = self._body(arrived, how) if good else {"error": how.error}
            if good and how.usage:
                for place in range(2):
                    self.batch_tokens[place] += how.usage[place]
            row = {"id": f"r{number}", "custom_id": request["custom_id"], "error": None}
            place_of = "output_file_id" if good else "error_file_id"
            out[place_of].append(json.dumps({**row, "response": response}))
        for kind, rows in out.items():
            if rows:
                name = f"file-{uuid.uuid4().hex[:8]}"
                self.files[name] = "\n".join(reversed(rows)).encode() + b"\n"
                batch[kind] = name

    def _body(self, arrived: Arrived, how: Any) -> dict[str, Any]:
        message = {"role": "assistant", "content": how.text}
        body: dict[str, Any] = {
            "id": "x",
            "object": "chat.completion",
            "created": 1,
            "model": arrived.model,
            "choices": [{"index": 0, "message": message, "finish_reason": how.finish}],
        }
        if how.usage:
            sent, came = how.usage
            body["usage"] = {"prompt_tokens": sent, "completion_tokens": came}
        return body

    def _reply(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        self._send(handler, 200, json.dumps(body).encode(), {})


FILE = {
    "bytes": 1, "created_at": 1, "filename": "x.jsonl", "purpose": "batch", "status": "processed",
}  # fmt: skip


@contextmanager
def serving_batches(plan: Plan | None = None) -> Iterator[BatchServer]:
    """Yield a running server."""
    server = BatchServer(plan)
    try:
        yield server
    finally:
        server.close()
