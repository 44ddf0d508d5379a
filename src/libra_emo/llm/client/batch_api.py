"""The batch interface of a provider through litellm: files of questions in, of answers out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from libra_emo.llm.client.settings import ModelSettings
from libra_emo.llm.client.transport.calls import PLAIN_PROTOCOL, reveal_key
from libra_emo.llm.client.transport.completions import ABORTED, Completion, read_body
from libra_emo.llm.client.transport.failures import (
    clean_message,
    explain_failure,
    is_filtered,
)
from libra_emo.llm.request.question import Question

ENDPOINT: Final = "/v1/chat/completions"
METADATA_FIELD: Final = "libra_emo"
"""Name under which our token stands in the metadata of a batch."""
PAGE_SIZE: Final = 100
ENDED: Final = ("completed", "failed", "expired", "cancelled")


class BatchState(NamedTuple):
    """State of a batch.

    Attributes:
        status: Status as the provider names it.
        files: Ids of its files of answers and of errors.
        message: What is wrong with the batch as a whole, as the provider says.
    """

    status: str
    files: tuple[str, ...]
    message: str


BatchResult = Completion | str
"""Completion of one question, or the reason why there is none."""
_CUSTOM_ID = re.compile(r'"custom_id"\s*:\s*"([^"]+)"')


class BatchResults(NamedTuple):
    """Results of a batch.

    Attributes:
        found: Key of a question → its result.
        unread: Number of lines that name no question and cannot be read.
    """

    found: dict[str, BatchResult]
    unread: int


class BatchApi:
    """Batches of one model at its provider.

    Every method that calls the provider raises CallFailed if the call fails.

    Args:
        litellm: The package.
        settings: Settings of the model.
    """

    def __init__(self, litellm: Any, settings: ModelSettings) -> None:
        self._litellm = litellm
        self._settings = settings
        self._options = {
            "custom_llm_provider": PLAIN_PROTOCOL.rstrip("/"),
            "api_base": settings.model.api_base,
            "timeout": settings.timeout_s,
            "max_retries": 0,
        }

    def line(self, question: Question) -> bytes:
        """Return a question as a line of a batch's file, under its key."""
        model = question.model
        name = model.name.removeprefix(PLAIN_PROTOCOL)
        parameters = self._litellm.utils.get_optional_params(
            model=name, custom_llm_provider=self._options["custom_llm_provider"], **model.parameters
        )
        parameters.pop("stream", None)
        extra = parameters.pop("extra_body", None) or {}
        body = {"model": name, "messages": question.messages(), **parameters, **extra}
        if question.response_format is not None:
            body["response_format"] = dict(question.response_format)
        request = {"custom_id": question.key, "method": "POST", "url": ENDPOINT, "body": body}
        return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    async def submit(self, token: str, lines: bytes) -> str:
        """Upload the questions, submit them as a batch, and return the batch's id."""
        file = (f"{token}.jsonl", lines)
        uploaded = await self._do("acreate_file", file=file, purpose="batch")
        batch = await self._do(
            "acreate_batch",
            completion_window="24h",
            endpoint=ENDPOINT,
            input_file_id=uploaded.id,
            metadata={METADATA_FIELD: token},
        )
        return str(batch.id)

    async def find(self, token: str) -> str | None:
        """Return the id of the batch with a token; None if there is none."""
        after: str | None = None
        while True:
            page = await self._do("alist_batches", after=after, limit=PAGE_SIZE)
            for batch in page.data:
                if (getattr(batch, "metadata", None) or {}).get(METADATA_FIELD) == token:
                    return str(batch.id)
            if not getattr(page, "has_more", False) or not page.data:
                return None
            after = page.data[-1].id

    async def state(self, batch_id: str) -> BatchState:
        """Return the state of a batch."""
        batch = await self._do("aretrieve_batch", batch_id=batch_id)
        files = (getattr(batch, name, None) for name in ("output_file_id", "error_file_id"))
        errors = getattr(getattr(batch, "errors", None), "data", None) or []
        message = "; ".join(str(getattr(error, "message", error)) for error in errors)
        return BatchState(
            str(batch.status), tuple(str(file) for file in files if file), self._clean(message)
        )

    async def results(self, state: BatchState) -> BatchResults:
        """Return the results of a batch, by key of the question.

        A line that cannot be read costs only itself.
        """
        found: dict[str, BatchResult] = {}
        unread = 0
        for file in state.files:
            content = await self._do("afile_content", file_id=file)
            for line in content.content.decode("utf-8", "replace").split("\n"):
                if not line.strip():
                    continue
                key, result = self._read_line(line)
                if key is None:
                    unread += 1
                elif not isinstance(found.get(key), Completion):
                    found[key] = result
        return BatchResults(found, unread)

    def _read_line(self, line: str) -> tuple[str | None, BatchResult]:
        """Return key and result of a line; an answer that cannot be read was billed, too."""
        unread = Completion(None, ABORTED, None, None, 0, None)
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            named = _CUSTOM_ID.search(line)
            return (named[1] if named else None), unread
        if not isinstance(row, Mapping) or not isinstance(row.get("custom_id"), str):
            return None, unread
        try:
            return row["custom_id"], self._result(row)
        except (TypeError, ValueError, AttributeError, KeyError, IndexError):
            return row["custom_id"], unread

    def _result(self, row: Mapping[str, Any]) -> BatchResult:
        response, error = row.get("response") or {}, row.get("error")
        status, body = int(response.get("status_code") or 0), response.get("body") or {}
        if status == 200 and not error:
            return read_body(body)
        whole = json.dumps(error or body, ensure_ascii=False)
        if is_filtered(status, whole):
            return Completion(None, "content_filter", 0, 0, 0, None)
        named = error or body.get("error") or {}
        message = named.get("message") if isinstance(named, Mapping) else named
        return self._clean(str(message or whole))

    def _clean(self, message: str) -> str:
        return clean_message(message, self._settings.api_key)

    async def _do(self, name: str, **arguments: Any) -> Any:
        key = reveal_key(self._settings.model, self._settings.api_key)
        try:
            return await getattr(self._litellm, name)(api_key=key, **{**self._options, **arguments})
        except Exception as error:  # litellm raises its own, OpenAI's, httpx's and plain ones
            failure = explain_failure(error, self._settings.api_key)
        raise failure  # outside of the handler: what the provider says may hold the key
