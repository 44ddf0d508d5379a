"""Answers matched to the clips of a set: a class, or why there is none, for every clip."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from libra_emo.evaluation.answers.answer_file import (
    ANSWERED,
    BLOCKED,
    FAILED,
    MISSING,
    REFUSED,
    UNREADABLE,
    WITHOUT_ANSWER,
    AnswerError,
    AnswerFile,
    RawAnswer,
)
from libra_emo.evaluation.sets.evaluation_set import EvaluationSet
from libra_emo.evaluation.sets.set_classes import list_label_names
from libra_emo.evaluation.statistics.answer_matrix import (
    NO_ANSWER,
    NO_LABEL,
    OTHER_LABEL,
    Codes,
    Numbers,
)
from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import ReplyReader
from libra_emo.taxonomy import Taxonomy

NAMED = 3  # ids that a message names


@dataclass(frozen=True)
class ModelAnswers:
    """One model's answers to all clips of a set.

    Attributes:
        model: Name of the model.
        modalities: What it was shown; empty where not known.
        path: File of the answers.
        predicted: Place of each clip's answered class, or a negative code, [clips].
        statuses: What became of each clip, [clips].
        probabilities: Probability of each class, [clips, classes], NaN where none is given; None
            where the file has none.
        left_out: Answers to clips that the set leaves out.
        prompt: Version of the prompt; empty where not known.
        replies: Words or label of each clip's answer, empty where there are none, [clips].
    """

    model: str
    modalities: str
    path: Path
    predicted: Codes
    statuses: tuple[str, ...]
    probabilities: Numbers | None
    left_out: int
    prompt: str = ""
    replies: tuple[str, ...] = ()


class AnswerReader:
    """Matches files of answers to one set.

    Args:
        clips: The set.
        taxonomy: The labels that an answer may use beside the classes' own names.
    """

    def __init__(self, clips: EvaluationSet, taxonomy: Taxonomy) -> None:
        self._clips = clips
        self._taxonomy = taxonomy
        self._replies = ReplyReader(Lexicon(taxonomy))
        self._labels = list_label_names(taxonomy)

    def match(self, file: AnswerFile) -> ModelAnswers:
        """Return one model's answers, clip by clip.

        Raises:
            AnswerError: If an id is unknown or stands twice, or a label belongs to no class.
        """
        places = self._places(file)
        predicted = np.full(len(self._clips), NO_ANSWER, dtype=np.int64)
        statuses, replies = [MISSING] * len(self._clips), [""] * len(self._clips)
        for answer, place in zip(file.answers, places, strict=True):
            if place is not None:
                predicted[place], statuses[place] = self._read(answer, file)
                replies[place] = (answer.label if file.labelled else answer.reply) or ""
        return ModelAnswers(
            file.model,
            file.modalities,
            file.path,
            predicted,
            tuple(statuses),
            self._probabilities(file, places),
            sum(place is None for place in places),
            file.prompt,
            tuple(replies),
        )

    def _places(self, file: AnswerFile) -> list[int | None]:
        """Return each answer's place in the set; None for a clip that the set leaves out."""
        clips, name = self._clips, self._clips.name
        places = [clips.place(answer.clip_id) for answer in file.answers]
        ids = [answer.clip_id for answer in file.answers]
        if all(place is None for place in places):
            first = f"; the first is {ids[0]}, and the set's is {clips.clip_ids[0]}" if ids else ""
            raise AnswerError(f"{file.path}: none of its {len(ids)} ids is of {name}{first}")
        unknown = [
            clip
            for clip, place in zip(ids, places, strict=True)
            if place is None and clips.left_out_reason(clip) is None
        ]
        if unknown:
            raise AnswerError(
                f"{file.path}: {len(unknown)} of its ids are not in {name}: {_some(unknown)}"
            )
        counts = Counter(place for place in places if place is not None)
        twice = [clips.clip_ids[place] for place, count in counts.items() if count > 1]
        if twice:
            raise AnswerError(
                f"{file.path}: {len(twice)} clips have more than one answer of {file.model}: "
                f"{_some(twice)}"
            )
        return places

    def _read(self, answer: RawAnswer, file: AnswerFile) -> tuple[int, str]:
        """Return the place of the answered class, or a negative code, and the status."""
        if answer.status in WITHOUT_ANSWER:
            return NO_ANSWER, answer.status
        if answer.status not in (None, ANSWERED):
            return NO_LABEL, answer.status
        if file.labelled and answer.label is not None:
            return self._class_of(answer.label, answer.clip_id, file), ANSWERED
        if file.labelled and answer.reply is None:
            return NO_LABEL, UNREADABLE
        place, status = self._read_reply(answer)
        if file.labelled and status == ANSWERED:
            return NO_LABEL, UNREADABLE  # whoever made the table found no label in the reply
        return place, status

    def _read_reply(self, answer: RawAnswer) -> tuple[int, str]:
        reply = answer.reply or ""
        head = reply.strip().partition("\n")[0].partition(";")[0].strip(" .\"'*[]")
        place = self._clips.classes.place_of_answer(head)
        read = self._replies.read(reply, answer.finish)
        if read.status == "refused":
            return NO_LABEL, BLOCKED if "blocked" in read.rules else REFUSED
        if place is not None and read.status != "truncated":
            return place, ANSWERED
        if read.label is None:
            return NO_LABEL, UNREADABLE
        named = self._clips.classes.place_of_answer(read.label)
        return (OTHER_LABEL if named is None else named), ANSWERED

    def _class_of(self, label: str, clip_id: str, file: AnswerFile) -> int:
        ours = self._labels.get(label.casefold())
        for name in (label, ours or label):
            place = self._clips.classes.place_of_answer(name)
            if place is not None:
                return place
        if ours is not None:
            return OTHER_LABEL
        raise AnswerError(
            f"{file.path}: clip {clip_id} is answered with {label!r}, which is no class of "
            f"{self._clips.name} ({', '.join(self._clips.classes.names)}) and no label; leave the "
            "cell empty where no label could be read"
        )

    def _probabilities(self, file: AnswerFile, places: list[int | None]) -> Numbers | None:
        if file.probabilities is None:
            return None
        classes = self._clips.classes
        found = np.full((len(self._clips), len(classes.names)), np.nan)
        rows = np.array([place is not None for place in places])
        at = np.array([place for place in places if place is not None])
        found[at] = 0.0
        for label, values in file.probabilities.items():
            column = classes.place_of_answer(label)
            if column is not None:
                found[at, column] += np.array(values)[rows]
        total = found.sum(axis=1, keepdims=True)
        shares: Numbers = np.divide(found, total, out=np.full(found.shape, np.nan), where=total > 0)
        return shares


def count_statuses(answers: ModelAnswers) -> dict[str, int]:
    """Return how many clips ended in each status."""
    return {
        status: answers.statuses.count(status)
        for status in (ANSWERED, UNREADABLE, REFUSED, BLOCKED, FAILED, MISSING)
    }


def _some(ids: list[str]) -> str:
    more = ", …" if len(ids) > NAMED else ""
    return ", ".join(ids[:NAMED]) + more
