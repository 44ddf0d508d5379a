"""Logs of inspect_ai: one object in JSON, or an archive (.eval) with a file for each sample."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from libra_emo.evaluation.answers.answer_file import FAILED, AnswerError, AnswerFile, RawAnswer

_CUT = "max_tokens"
_FINISHES = {"model_length": _CUT}  # inspect's word → the reply reader's


def is_inspect_log(content: Any) -> bool:
    """Return whether an object is one of inspect's logs."""
    return isinstance(content, dict) and "eval" in content and "version" in content


def read_inspect_log(path: Path, content: dict[str, Any]) -> AnswerFile:
    """Return the answers in a log; a sample that ended with an error has failed.

    Raises:
        AnswerError: If the log has no samples, or asks a clip in several epochs.
    """
    samples = content.get("samples") or []
    if not isinstance(samples, list) or not all(isinstance(each, dict) for each in samples):
        raise AnswerError(f"{path}: the samples of this log are not those that inspect writes")
    if not samples:
        raise AnswerError(f"{path}: the log has no samples; give the log of a run with samples")
    epochs = Counter(str(sample.get("epoch", 1)) for sample in samples)
    if len(epochs) > 1:
        raise AnswerError(
            f"{path}: the log asks each clip in {len(epochs)} epochs; score a log of one epoch"
        )
    model = str(_object(content["eval"]).get("model") or path.stem)
    answers = tuple(_answer(sample) for sample in samples)
    return AnswerFile(model, "", path, answers, labelled=False)


def _answer(sample: dict[str, Any]) -> RawAnswer:
    output = _object(sample.get("output"))
    choices = output.get("choices")
    choice = _object(choices[0] if isinstance(choices, list) and choices else None)
    finish = choice.get("stop_reason")
    reply = output.get("completion") or _text(_object(choice.get("message")))
    reply = reply if isinstance(reply, str) else ""
    failed = bool(sample.get("error") or output.get("error")) and not reply
    return RawAnswer(
        str(sample.get("id")),
        reply=reply,
        finish=_FINISHES.get(str(finish), finish),
        status=FAILED if failed else None,
    )


def _text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    parts = [_object(part) for part in content] if isinstance(content, list) else []
    return "\n".join(str(part.get("text", "")) for part in parts if part.get("type") == "text")


def _object(value: Any) -> dict[str, Any]:
    """Return an object of a log, an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}
