"""Training examples in the form of a conversation (the paper's appendix B, in our own words)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import StrictUndefined, Template, TemplateError

from libra_emo.schemas import COUNTED_STATUSES, Candidates, Explanations, RoundLabels, check
from libra_emo.students.interface import StudentError
from libra_emo.students.modalities import MODALITIES
from libra_emo.taxonomy import Taxonomy

PROMPT_FILE = Path(__file__).parent / "prompts" / "fine_tuning.txt.j2"
PLACES = {"V": "<video>", "A": "<audio>"}


def write_conversation_rows(
    labels: pd.DataFrame,
    pool: pd.DataFrame,
    explanations: pd.DataFrame,
    taxonomy: Taxonomy,
    with_explanations: bool = True,
    prompt_file: Path | None = None,
    modalities: str = MODALITIES,
) -> list[dict[str, Any]]:
    """Return one example a labelled clip, sorted by clip_id.

    The user's turn holds places for video and sound and the request, the assistant's the label and,
    on the next line, the explanation if it passed its checks. Files stand beside them, as
    ms-swift and LLaMA-Factory read them.

    Args:
        labels: `RoundLabels`.
        pool: `Candidates` that may be trained on; gives the subtitles.
        explanations: `Explanations`.
        taxonomy: Gives the labels to choose from.
        with_explanations: Whether explanations are part of the answers at all.
        prompt_file: A template of one's own; None for the package's.
        modalities: Letters of V, A and T: which places and words there are.

    Raises:
        StudentError: If a labelled clip is not in the pool, or the template does not work.
    """
    labels = check(labels, RoundLabels).sort_values("clip_id")
    check_pool(labels, pool)
    template = _read_template(prompt_file or PROMPT_FILE)
    known = check(pool, Candidates).set_index("clip_id")
    told = check(explanations, Explanations)
    passed = told[told["status"].isin(COUNTED_STATUSES)] if with_explanations else told.iloc[:0]
    # an explanation belongs to the label that it was written for
    reasons = passed.set_index(["clip_id", "label"])["explanation"].to_dict()
    rows = []
    for clip_id, label in zip(labels["clip_id"], labels["label"], strict=True):
        reason = reasons.get((clip_id, label))
        subtitle, path = str(known["subtitle"][clip_id]), str(known["clip_path"][clip_id])
        row = _row(clip_id, subtitle, template, taxonomy, reason is not None, modalities)
        answer = label if reason is None else f"{label}\n{' '.join(str(reason).split())}"
        row["messages"].append({"role": "assistant", "content": answer})
        rows.append({**row, **_name_files(path, modalities)})
    return rows


def write_request_rows(
    clips: pd.DataFrame,
    taxonomy: Taxonomy,
    explained: bool,
    prompt_file: Path | None = None,
    modalities: str = MODALITIES,
) -> list[dict[str, Any]]:
    """Return the request of each clip, without an answer, in the clips' order.

    Args:
        clips: With the columns clip_id and subtitle.
        taxonomy: Gives the labels to choose from.
        explained: Whether the answer is to carry an explanation.
        prompt_file: A template of one's own; None for the package's.
        modalities: Letters of V, A and T: which places and words there are.

    Raises:
        StudentError: If the template does not work.
    """
    template = _read_template(prompt_file or PROMPT_FILE)
    return [
        _row(str(clip_id), str(subtitle), template, taxonomy, explained, modalities)
        for clip_id, subtitle in zip(clips["clip_id"], clips["subtitle"], strict=True)
    ]


def write_label_rows(
    clips: pd.DataFrame,
    taxonomy: Taxonomy,
    prompt_file: Path | None = None,
    modalities: str = MODALITIES,
) -> list[dict[str, Any]]:
    """Return examples of which the answer is the label alone.

    Args:
        clips: With the columns clip_id, subtitle and label.
        taxonomy: Gives the labels to choose from.
        prompt_file: A template of one's own; None for the package's.
        modalities: Letters of V, A and T: which places and words there are.

    Raises:
        StudentError: If the template does not work.
    """
    rows = write_request_rows(clips, taxonomy, False, prompt_file, modalities)
    for row, label in zip(rows, clips["label"], strict=True):
        row["messages"].append({"role": "assistant", "content": str(label)})
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


def _row(
    clip_id: str,
    subtitle: str,
    template: Template,
    taxonomy: Taxonomy,
    explained: bool,
    modalities: str,
) -> dict[str, Any]:
    words = " ".join(subtitle.split()) if "T" in modalities else ""
    places = "".join(place for letter, place in PLACES.items() if letter in modalities)
    request = _fill(template, words, taxonomy, explained)
    return {
        "clip_id": clip_id,
        "messages": [{"role": "user", "content": f"{places}{request}"}],
        "subtitle": words,
        "explained": explained,
    }


def _name_files(path: str, modalities: str) -> dict[str, list[str]]:
    """Return the clip's file under the names by which trainers look for videos and sounds."""
    names = {"V": "videos", "A": "audios"}
    return {name: [path] for letter, name in names.items() if letter in modalities}


def _read_template(path: Path) -> Template:
    try:
        # plain text for a model, not HTML
        template: Template = Template(path.read_text(encoding="utf-8"), undefined=StrictUndefined)
    except OSError as error:
        raise StudentError(f"training.prompt_file: {path}: {error.strerror}") from error
    except TemplateError as error:
        raise StudentError(f"training.prompt_file: {path}: {error}") from error
    return template


def _fill(template: Template, words: str, taxonomy: Taxonomy, explained: bool) -> str:
    try:
        text = template.render(subtitle=words, labels=list(taxonomy.labels), explained=explained)
    except TemplateError as error:
        raise StudentError(
            f"training.prompt_file: {error}; it may use subtitle, labels and explained"
        ) from error
    return text.strip()
