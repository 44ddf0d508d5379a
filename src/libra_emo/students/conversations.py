"""Training examples as conversations, in the form of the paper's appendix B."""

from __future__ import annotations

from typing import Any

import pandas as pd

from libra_emo.common.modalities import MODALITIES
from libra_emo.common.special_tokens import neutralise_tags
from libra_emo.llm.request.prompts import Prompt
from libra_emo.schemas import COUNTED_STATUSES, Candidates, Explanations, RoundLabels, check
from libra_emo.students.errors import StudentError
from libra_emo.taxonomy import Taxonomy

PLACEHOLDERS = {"V": "<video>", "A": "<audio>"}


def write_conversation_rows(
    labels: pd.DataFrame,
    pool: pd.DataFrame,
    explanations: pd.DataFrame,
    taxonomy: Taxonomy,
    prompt: Prompt,
    with_explanations: bool = True,
    modalities: str = MODALITIES,
) -> list[dict[str, Any]]:
    """Return one example a labelled clip, sorted by clip_id.

    The user's turn consists of placeholders for video and sound and of the request. The
    assistant's turn is the label and, on the next line, the explanation if it passed its checks.
    The files are listed beside them, as ms-swift and LLaMA-Factory read them.

    Args:
        labels: `RoundLabels`.
        pool: `Candidates` that may be trained on, with the subtitles.
        explanations: `Explanations`.
        taxonomy: Labels to choose from.
        prompt: Prompt of the request.
        with_explanations: Whether explanations are part of the answers at all.
        modalities: Letters of V, A and T: which placeholders and words there are.

    Raises:
        StudentError: If a labelled clip is not in the pool.
        PromptError: If the prompt uses a value that is not known of a clip.
    """
    labels = check(labels, RoundLabels).sort_values("clip_id")
    check_pool(labels, pool)
    known = check(pool, Candidates).set_index("clip_id")
    table = check(explanations, Explanations)
    passed = table[table["status"].isin(COUNTED_STATUSES)] if with_explanations else table.iloc[:0]
    # an explanation belongs to the label that it was written for
    reasons = passed.set_index(["clip_id", "label"])["explanation"].to_dict()
    rows = []
    for clip_id, label in zip(labels["clip_id"], labels["label"], strict=True):
        reason = reasons.get((clip_id, label))
        subtitle, path = str(known["subtitle"][clip_id]), str(known["clip_path"][clip_id])
        row = _row(clip_id, subtitle, prompt, taxonomy, reason is not None, modalities)
        answer = label if reason is None else f"{label}\n{_plain(str(reason))}"
        row["messages"].append({"role": "assistant", "content": answer})
        rows.append({**row, **_name_files(path, modalities)})
    return rows


def write_request_rows(
    clips: pd.DataFrame,
    taxonomy: Taxonomy,
    prompt: Prompt,
    explained: bool,
    modalities: str = MODALITIES,
) -> list[dict[str, Any]]:
    """Return the request of each clip, without an answer, in the clips' order.

    Args:
        clips: Clips with the columns clip_id and subtitle.
        taxonomy: Labels to choose from.
        prompt: Prompt of the request.
        explained: Whether the answer is to contain an explanation.
        modalities: Letters of V, A and T: which placeholders and words there are.

    Raises:
        PromptError: If the prompt uses a value that is not known of a clip.
    """
    return [
        _row(str(clip_id), str(subtitle), prompt, taxonomy, explained, modalities)
        for clip_id, subtitle in zip(clips["clip_id"], clips["subtitle"], strict=True)
    ]


def write_label_rows(
    clips: pd.DataFrame,
    taxonomy: Taxonomy,
    prompt: Prompt,
    modalities: str = MODALITIES,
) -> list[dict[str, Any]]:
    """Return examples whose answer is the label alone.

    Args:
        clips: Clips with the columns clip_id, subtitle and label.
        taxonomy: Labels to choose from.
        prompt: Prompt of the request.
        modalities: Letters of V, A and T: which placeholders and words there are.

    Raises:
        PromptError: If the prompt uses a value that is not known of a clip.
    """
    rows = write_request_rows(clips, taxonomy, prompt, False, modalities)
    for row, label in zip(rows, clips["label"], strict=True):
        row["messages"].append({"role": "assistant", "content": str(label)})
    return rows


def check_pool(labels: pd.DataFrame, pool: pd.DataFrame) -> None:
    """Raise unless every labelled clip is in the pool: bench and withheld films are never learnt.

    Raises:
        StudentError: If a labelled clip is not in the pool; the message names it.
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
    prompt: Prompt,
    taxonomy: Taxonomy,
    explained: bool,
    modalities: str,
) -> dict[str, Any]:
    words = _plain(subtitle) if "T" in modalities else ""
    placeholders = "".join(text for letter, text in PLACEHOLDERS.items() if letter in modalities)
    request = prompt.render(subtitle=words, labels=taxonomy.labels, explained=explained)
    if request.system:
        raise StudentError(
            f"prompt {prompt.name}: a student gets its request in one turn; leave out the block "
            "'system'"
        )
    return {
        "clip_id": clip_id,
        "messages": [{"role": "user", "content": f"{placeholders}{request.user}"}],
        "subtitle": words,
        "explained": explained,
    }


def _plain(words: str) -> str:
    """Return words on one line, without special tokens of models and placeholders of files."""
    return neutralise_tags(" ".join(words.split()))


def _name_files(path: str, modalities: str) -> dict[str, list[str]]:
    """Return the clip's file under the keys that training tools read."""
    names = {"V": "videos", "A": "audios"}
    return {name: [path] for letter, name in names.items() if letter in modalities}
