"""Training examples in the form of a conversation (the paper's appendix B, in our own words)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import StrictUndefined, Template, TemplateError

from libra_emo.schemas import COUNTED_STATUSES, Candidates, Explanations, RoundLabels, check
from libra_emo.students.interface import StudentError
from libra_emo.taxonomy import Taxonomy

PROMPT_FILE = Path(__file__).parent / "prompts" / "fine_tuning.txt.j2"


def write_conversation_rows(
    labels: pd.DataFrame,
    pool: pd.DataFrame,
    explanations: pd.DataFrame,
    taxonomy: Taxonomy,
    with_explanations: bool = True,
    prompt_file: Path | None = None,
) -> list[dict[str, Any]]:
    """Return one example a labelled clip, sorted by clip_id.

    The user's turn holds a place for the video and the request, the assistant's the label and, on
    the next line, the explanation if it passed its checks.

    Args:
        labels: `RoundLabels`.
        pool: `Candidates` that may be trained on; gives the subtitles.
        explanations: `Explanations`.
        taxonomy: Gives the labels to choose from.
        with_explanations: Whether explanations are part of the answers at all.
        prompt_file: A template of one's own; None for the package's.

    Raises:
        StudentError: If a labelled clip is not in the pool, or the template does not work.
    """
    labels = check(labels, RoundLabels).sort_values("clip_id")
    check_pool(labels, pool)
    template = _read_template(prompt_file or PROMPT_FILE)
    subtitles = check(pool, Candidates).set_index("clip_id")["subtitle"]
    told = check(explanations, Explanations)
    passed = told[told["status"].isin(COUNTED_STATUSES)] if with_explanations else told.iloc[:0]
    # an explanation belongs to the label that it was written for
    reasons = passed.set_index(["clip_id", "label"])["explanation"].to_dict()
    rows = []
    for clip_id, label in zip(labels["clip_id"], labels["label"], strict=True):
        reason = reasons.get((clip_id, label))
        request = _fill(template, str(subtitles[clip_id]), taxonomy, reason is not None)
        answer = label if reason is None else f"{label}\n{' '.join(str(reason).split())}"
        rows.append({"clip_id": clip_id, "messages": _turns(request, answer)})
    return rows


def check_pool(labels: pd.DataFrame, pool: pd.DataFrame) -> None:
    """Raise unless every labelled clip is in the pool: bench and withheld films are never learnt.

    Raises:
        StudentError: Naming the first clip that is not.
    """
    outside = sorted(set(labels["clip_id"]) - set(pool["clip_id"]))
    if outside:
        raise StudentError(
            f"clip {outside[0]} has a label and is not in the pool ({len(outside)} such clips); "
            "a student may only learn from the pool: run bench, voting and active_learning again"
        )


def _turns(request: str, answer: str) -> list[dict[str, Any]]:
    return [
        {"role": "user", "content": [{"type": "video"}, {"type": "text", "text": request}]},
        {"role": "assistant", "content": [{"type": "text", "text": answer}]},
    ]


def _read_template(path: Path) -> Template:
    try:
        # plain text for a model, not HTML
        template: Template = Template(path.read_text(encoding="utf-8"), undefined=StrictUndefined)
    except OSError as error:
        raise StudentError(f"training.prompt_file: {path}: {error.strerror}") from error
    except TemplateError as error:
        raise StudentError(f"training.prompt_file: {path}: {error}") from error
    return template


def _fill(template: Template, subtitle: str, taxonomy: Taxonomy, explained: bool) -> str:
    words = " ".join(subtitle.split())
    try:
        text = template.render(subtitle=words, labels=list(taxonomy.labels), explained=explained)
    except TemplateError as error:
        raise StudentError(
            f"training.prompt_file: {error}; it may use subtitle, labels and explained"
        ) from error
    return text.strip()
