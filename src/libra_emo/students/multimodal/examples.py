"""A clip with its request and answer, as the adapters of the model families take it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from libra_emo.common.images import spread_evenly
from libra_emo.media.shards import ClipData
from libra_emo.students.errors import StudentError
from libra_emo.students.multimodal.augmentation import augment, draw_augmentation
from libra_emo.students.options.multimodal import MultimodalOptions

_PLACEHOLDERS = re.compile(r"^(?:<(?:video|audio|image)>\s*)+")


class Clips(Protocol):
    """Anything that returns a clip by its id, such as `ShardReader`."""

    def clip(self, clip_id: str) -> ClipData:
        """Return a clip."""
        ...


@dataclass(frozen=True, eq=False)
class Example:
    """One clip as a question, and while training its answer.

    Attributes:
        clip_id: Id of the clip.
        frames: Frames as RGB, uint8, each of shape (height, width, 3); none without the modality V.
        duration_s: Length of the clip in seconds.
        audio: Sound in mono, float32 at `sample_rate`; None without the modality A.
        sample_rate: Sample rate of the sound in hertz.
        request: Text of the request, with the subtitle.
        subtitle: Subtitle as it stands in the request; empty where there is none.
        explained: Whether an answer has a second line, the explanation.
        answer: Label, and on the next line its explanation; None for a prediction.
    """

    clip_id: str
    frames: list[NDArray[np.uint8]]
    duration_s: float
    audio: NDArray[np.float32] | None
    sample_rate: int
    request: str
    subtitle: str = ""
    explained: bool = False
    answer: str | None = None


def open_example(
    row: Mapping[str, Any],
    shards: Clips,
    options: MultimodalOptions,
    epoch: int | None = None,
    seed: int = 0,
) -> Example:
    """Return the example of a row of `conversations`.

    Args:
        row: Row of `conversations`, or of `write_request_rows`.
        shards: Source of the clip.
        options: Options of the student: frames, their size, modalities, augmentation.
        epoch: Epoch of the training for which the frames are augmented; None for no augmentation.
        seed: Seed of the augmentation.

    Raises:
        StudentError: If the clip has no frames, or fewer than asked for.
        ShardError: If no shard has the clip or it is damaged.
    """
    clip = shards.clip(row["clip_id"])
    frames: list[NDArray[np.uint8]] = []
    if "V" in options.modalities:
        check_frames(len(clip.frames), options.frames, clip.clip_id)
        places = spread_evenly(len(clip.frames), options.frames)
        frames = [fit_square(clip.frames[place], options.frame_pixels) for place in places]
        if epoch is not None:
            drawn = draw_augmentation(options.augment, seed, epoch, clip.clip_id)
            frames = augment(frames, drawn)
    request, answer = read_turns(row)
    return Example(
        clip_id=clip.clip_id,
        frames=frames,
        duration_s=clip.duration_s or _last_time(clip),
        audio=clip.audio if "A" in options.modalities else None,
        sample_rate=clip.sample_rate,
        request=request,
        subtitle=str(row.get("subtitle") or ""),
        explained=bool(row.get("explained", answer is not None and "\n" in answer)),
        answer=answer,
    )


def read_turns(row: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the request of a row without its placeholders, and the answer where it has one.

    Raises:
        StudentError: If the row does not consist of one request and at most one answer.
    """
    turns = row.get("messages") or []
    roles = [turn.get("role") for turn in turns]
    if roles not in (["user"], ["user", "assistant"]):
        raise StudentError(
            f"clip {row.get('clip_id')}: a conversation is a request and an answer, but its turns "
            f"are {roles}; write the conversations again"
        )
    request = _PLACEHOLDERS.sub("", turns[0]["content"])
    return request, (turns[1]["content"] if len(turns) > 1 else None)


def check_frames(present: int, wanted: int, clip_id: str) -> None:
    """Raise unless a shard holds as many frames of a clip as are wanted.

    Raises:
        StudentError: If there are no frames, or fewer than wanted.
    """
    if present == 0:
        raise StudentError(
            f"clip {clip_id}: its shard has no frames of it; run preprocessing again"
        )
    if present < wanted:
        raise StudentError(
            f"clip {clip_id}: its shard holds {present} frames and training.multimodal.frames asks "
            f"for {wanted}; lower it, or raise preprocessing.shard_frames and run it again"
        )


def fit_square(frame: NDArray[np.uint8], pixels: int) -> NDArray[np.uint8]:
    """Return a frame as a square, squeezed into it as the models' own processors do."""
    if frame.shape[:2] == (pixels, pixels):
        return frame
    smaller = max(frame.shape[:2]) > pixels
    method = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    resized: NDArray[np.uint8] = cv2.resize(frame, (pixels, pixels), interpolation=method)
    return resized


def check_answers(rows: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> None:
    """Raise unless the first line of every answer is one of the labels.

    Raises:
        StudentError: If an answer begins otherwise; the message names its clip.
    """
    allowed = set(labels)
    for row in rows:
        _, answer = read_turns(row)
        label = (answer or "").partition("\n")[0]
        if label not in allowed:
            raise StudentError(
                f"clip {row['clip_id']}: {label!r} is not a label of the taxonomy "
                f"({', '.join(labels)}); correct the labels and write the conversations again"
            )


def _last_time(clip: ClipData) -> float:
    """Return the length of a clip without sound, estimated from the times of its frames."""
    count = len(clip.times_s)
    return clip.times_s[-1] * count / (count - 1) if count > 1 else 1.0
