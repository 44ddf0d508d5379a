"""Functions of the task for lmms-eval; a copy of this file lies in the task's folder as utils.py.

The file needs nothing but Python and `labels.json` beside it.
"""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
CLIPS_FOLDER = "LIBRA_EMO_CLIPS"
"""Variable of the environment with the folder of the clips, if it is not `clips` in this one."""
_MARKS = re.compile(r"^[\s*_#`\"'\[(<-]+|[\s*_`\"'\])>.:,;-]+$")


def doc_to_visual(doc: dict[str, Any]) -> list[str]:
    """Return the path of the clip's video, which lies in the folder of its film.

    Raises:
        FileNotFoundError: If it is not there.
    """
    folder = Path(os.environ.get(CLIPS_FOLDER) or FOLDER / "clips")
    path = folder / doc["film"] / f"{doc['clip_id']}.mp4"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; set {CLIPS_FOLDER} to the folder of the clips")
    return [str(path)]


def doc_to_text(doc: dict[str, Any], lmms_eval_specific_kwargs: Any = None) -> str:
    """Return the question about a clip.

    Args:
        doc: The clip.
        lmms_eval_specific_kwargs: Options of the model, of which `pre_prompt` and `post_prompt` are
            put before and after the question.
    """
    options = lmms_eval_specific_kwargs or {}
    words = f'The subtitle of what is said in it: "{doc["subtitle"]}"\n' if doc["subtitle"] else ""
    question = (
        f"{words}Which emotion do the people in this clip express? Choose exactly one of these "
        f"labels:\n{', '.join(_labels()['labels'])}\n\nGive the label, a semicolon, and a short "
        "and accurate reason that names what you perceived, in this form:\n[label];[explanation]"
    )
    return f"{options.get('pre_prompt', '')}{question}{options.get('post_prompt', '')}"


def read_label(reply: str) -> str | None:
    """Return the label at the head of a reply; None if there is none.

    `kedro score` on the file of samples reads replies in other forms, too.
    """
    head = re.split(r"[;\n]", reply.strip(), maxsplit=1)[0]
    word = _MARKS.sub("", head).casefold()
    return next((label for label in _labels()["labels"] if label.casefold() == word), None)


def process_results(doc: dict[str, Any], results: list[Any]) -> dict[str, Any]:
    """Return what each metric is computed from; a reply without a label is wrong.

    Args:
        doc: The clip.
        results: The reply.
    """
    reply = results[0]
    while isinstance(reply, list) and reply:
        reply = reply[0]
    predicted = read_label(reply if isinstance(reply, str) else "")
    answer = {
        "clip_id": doc["clip_id"],
        "film": doc["film"],
        "truth": doc["label"],
        "predicted": predicted,
        "score": float(predicted == doc["label"]),
    }
    return {"accuracy": answer, "macro_f1": answer, "weighted_f1": answer}


def accuracy(answers: list[dict[str, Any]]) -> float:
    """Return the share of right answers."""
    right = [answer for answer in answers if answer["truth"] == answer["predicted"]]
    return len(right) / len(answers)


def macro_f1(answers: list[dict[str, Any]]) -> float:
    """Return the mean F1 over the labels that occur in truth or answers."""
    scores = _f1_by_label(answers)
    return sum(scores.values()) / len(scores)


def weighted_f1(answers: list[dict[str, Any]]) -> float:
    """Return the mean F1 over the labels, weighted by their clips in the truth."""
    scores = _f1_by_label(answers)
    return sum(scores[answer["truth"]] for answer in answers) / len(answers)


def _f1_by_label(answers: list[dict[str, Any]]) -> dict[str, float]:
    pairs = [(answer["truth"], answer["predicted"]) for answer in answers]
    scores = {}
    for label in _labels()["labels"]:
        truths = sum(truth == label for truth, _ in pairs)
        given = sum(predicted == label for _, predicted in pairs)
        hits = sum(truth == predicted == label for truth, predicted in pairs)
        if truths + given:
            scores[label] = 2 * hits / (truths + given)
    return scores


@cache
def _labels() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / "labels.json").read_text(encoding="utf-8"))
    return content
