"""The provider's batch interface through litellm: files of questions in, files of answers out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from libra_emo.llm.client.calls import PLAIN_PROTOCOL, Returned, read_body, reveal_key
from libra_emo.llm.client.failures import clean_message, explain_failure, is_filtered
from libra_emo.llm.client.settings import Asking
from libra_emo.llm.request.question import Question

ENDPOINT: Final = "/v1/chat/completions"
OURS: Final = "libra_emo"
"""The name under which a batch carries our token."""
PAGE: Final = 100
ENDED: Final = ("completed", "failed", "expired", "cancelled")


class BatchState(NamedTuple):
    """How far a batch is.

    Attributes:
        status: The provider's word for it.
        files: Its files of answers and of errors, as far as there are any.
        told: What the provider says is wrong with it as a whole.
    """

    status: str
    files: tuple[str, ...]
    told: str


Result = Returned | str
"""What came back for one question, or why there is nothing."""


class BatchFiles:
    """One model's batches at its provider.

    Every call raises CallFailed where it brings nothing.

    Args:
        litellm: The package.
        asking: Whom to ask, and with which key.
    """

    def __init__(self, litellm: Any, asking: Asking) -> None:
        self._litellm = litellm
        self._asking = asking
        self._how = {
            "custom_llm_provider": PLAIN_PROTOCOL.rstrip("/"),
            "api_base": asking.model.api_base,
            "timeout": asking.timeout_s,
            "max_retries": 0,
        }

    def line(self, question: Question) -> bytes:
        """Return a question as a line of a file, under its key."""
        model = question.model
        name = model.name.removeprefix(PLAIN_PROTOCOL)
        parameters = self._litellm.utils.get_optional_params(
            model=name, custom_llm_provider=self._how["custom_llm_provider"], **model.parameters
        )
        parameters.pop("stream", None)
        extra = parameters.pop("extra_body", None) or {}
        body = {"model": name, "messages": question.messages(), **parameters, **extra}
        told = {"custom_id": question.key, "method": "POST", "url": ENDPOINT, "body": body}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    async def submit(self, token: str, lines: bytes) -> str:
        """Send the questions, have them worked on, and return the batch's id."""
        named = (f"{token}.jsonl", lines)
        sent = await self._do("acreate_file", file=named, purpose="batch")
        batch = await self._do(
            "acreate_batch",
            completion_window="24h",
            endpoint=ENDPOINT,
            input_file_id=sent.id,
            metadata={OURS: token},
        )
        return str(batch.id)

    async def find(self, token: str) -> str | None:
        """Return the id of the batch that carries a token; None where there is none."""
        after: str | None = None
        while True:
            page = await self._do("alist_batches", after=after, limit=PAGE)
            for batch in page.data:
                if (getattr(batch, "metadata", None) or {}).get(OURS) == token:
                    return str(batch.id)
            if not getattr(page, "has_more", False) or not page.data:
                return None
            after = page.data[-1].id

    async def look(self, batch_id: str) -> BatchState:
        """Return how far a batch is."""
        batch = await self._do("aretrieve_batch", batch_id=batch_id)
        files = (getattr(batch, name, None) for name in ("output_file_id", "error_file_id"))
        errors = getattr(getattr(batch, "errors", None), "data", None) or []
        told = "; ".join(str(getattr(error, "message", error)) for error in errors)
        return BatchState(str(batch.status), tuple(str(f) for f in files if f), self._clean(told))

    async def results(self, state: BatchState) -> dict[str, Result]:
        """Return what came back, by key."""
        found: dict[str, Result] = {}
        for file in state.files:
            content = await self._do("afile_content", file_id=file)
            for line in content.content.decode("utf-8").splitlines():
                if line.strip():
                    told = json.loads(line)
                    found[str(told["custom_id"])] = self._result(told)
        return found

    def _result(self, told: Mapping[str, Any]) -> Result:
        response, error = told.get("response") or {}, told.get("error")
        status, body = int(response.get("status_code") or 0), response.get("body") or {}
        if status == 200 and not error:
            return read_body(body)
        trouble = json.dumps(error or body, ensure_ascii=False)
        if is_filtered(status, trouble):
            return Returned(None, "content_filter", 0, 0, 0, 0.0)
        plain = (error or body.get("error") or {}).get("message") or trouble
        return self._clean(str(plain))

    def _clean(self, told: str) -> str:
        return clean_message(told, self._asking.api_key)

    async def _do(self, name: str, **how: Any) -> Any:
        key = reveal_key(self._asking.model, self._asking.api_key)
        try:
            return await getattr(self._litellm, name)(api_key=key, **{**self._how, **how})
        except Exception as error:  # litellm raises its own, OpenAI's, httpx's and plain ones
            raise explain_failure(error, self._asking.api_key) from None
