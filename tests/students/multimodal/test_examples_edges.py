"""Errors about clips, conversations and checkpoints that cannot be used."""

import dataclasses
import json

import numpy as np
import pytest
from support.tiny_training import LABELS, draw_shards, options, save_checkpoint, write_rows

from libra_emo.media.shards import ClipData
from libra_emo.students import StudentError
from libra_emo.students.multimodal.examples import (
    check_answers,
    fit_square,
    open_example,
)
from libra_emo.students.multimodal.families import open_family
from libra_emo.students.multimodal.families.pieces import cut_subtitle


class OneClip:
    def __init__(self, frames):
        pictures = [np.zeros((8, 8, 3), np.uint8)] * frames
        self.data = ClipData("c", pictures, [float(n) for n in range(frames)], np.zeros(9), 16_000)

    def clip(self, clip_id):
        return self.data


ROW = {"clip_id": "c", "messages": [{"role": "user", "content": "<video><audio>What is it?"}]}


@pytest.mark.parametrize(
    ("frames", "message"), [(0, "its shard has no frames"), (2, "holds 2 frames")]
)
def test_a_clip_with_too_few_frames_is_named(frames, message):
    with pytest.raises(StudentError, match=f"clip c: .*{message}"):
        open_example(ROW, OneClip(frames), options())


def test_without_the_modality_v_no_frames_are_read():
    without_video = options().model_copy(update={"modalities": "AT"})
    example = open_example(ROW, OneClip(0), without_video)
    assert example.frames == []
    assert example.request == "What is it?"


def test_frames_are_spread_evenly():
    frames = OneClip(16)
    for number, picture in enumerate([np.full((28, 28, 3), n, np.uint8) for n in range(16)]):
        frames.data.frames[number] = picture
    example = open_example(ROW, frames, options())
    assert [int(frame[0, 0, 0]) for frame in example.frames] == [2, 6, 10, 14]


def test_a_frame_becomes_a_square():
    wide = np.full((10, 40, 3), 7, np.uint8)
    assert (fit_square(wide, 28) == np.full((28, 28, 3), 7)).all()


def test_an_answer_outside_the_taxonomy_is_named(tmp_path):
    _, labels = draw_shards(tmp_path, clips=3)
    rows = write_rows(labels)
    check_answers(rows, LABELS)
    rows[1]["messages"][1]["content"] = "melancholic\nBecause."
    with pytest.raises(StudentError, match=f"{rows[1]['clip_id']}: 'melancholic' is not a label"):
        check_answers(rows, LABELS)


def test_a_conversation_of_other_turns_is_named():
    with pytest.raises(StudentError, match="clip c: a conversation is a request and an answer"):
        check_answers([{"clip_id": "c", "messages": [{"role": "system", "content": ""}]}], LABELS)


@pytest.mark.parametrize("words", ["word " * 40, "他说不要走。" * 10])
def test_a_subtitle_is_cut_after_its_tokens(words, tmp_path):
    reader, labels = draw_shards(tmp_path, clips=3)
    example = open_example(write_rows(labels)[0], reader, options())
    example = dataclasses.replace(example, subtitle=words, request=f"[{words}] What is it?")
    tokenizer = open_family("internvl").load_processor("tiny:internvl", options()).tokenizer
    cut = cut_subtitle(tokenizer, example, 12)
    assert cut.endswith("] What is it?")
    kept = cut[1:].removesuffix("] What is it?")
    assert kept
    assert words.startswith(kept)
    count = len(tokenizer(words, add_special_tokens=False)["input_ids"])
    assert cut_subtitle(tokenizer, example, count) == example.request
    ids = tokenizer(kept, add_special_tokens=False)["input_ids"]
    assert len(ids) <= 12 + 3  # a letter of several bytes stays whole


def test_a_folder_without_a_processor_is_named(tmp_path):
    folder = save_checkpoint(tmp_path / "model")
    chosen = options(checkpoint=folder)
    open_family(chosen).load_processor(folder, chosen)
    for left in (tmp_path / "model").iterdir():
        if left.name not in {"config.json", "model.safetensors"}:
            left.unlink()
    assert json.loads((tmp_path / "model/config.json").read_text())["model_type"] == "internvl"
    with pytest.raises(StudentError, match="processor"):
        open_family(chosen).load_processor(folder, chosen)
