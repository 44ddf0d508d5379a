import base64
import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from libra_emo.evaluation.failures.contact_sheet import FRAMES, WIDTH, draw_frames, render_failures
from libra_emo.evaluation.failures.hard_clips import find_hard_clips
from libra_emo.evaluation.failures.pairs import rank_pairs
from libra_emo.media.shards import ClipData, ShardReader, ShardWriter

WORDS = "<script>alert('x')</script>"


def clip_of(name, frames=9):
    pictures = [np.full((90, 320, 3), 20 * place, dtype=np.uint8) for place in range(frames)]
    return ClipData(name, pictures, [0.0] * frames, np.zeros(16_000, np.float32), 16_000)


@pytest.fixture
def page(tmp_path):
    with ShardWriter(tmp_path, "film") as shard:
        shard.add(clip_of("film-0"))
    table = pd.DataFrame(
        [(model, "VAT", "film-0", "film", "sad", "angry") for model in ("one", "two")],
        columns=["model", "modalities", "clip_id", "source_id", "truth", "predicted"],
    )
    slices = pd.DataFrame(
        [("one", "face_time", "face in all frames", 1, 1, 0.0, 0.0, 0.9)],
        columns=["model", "slice", "value", "clips", "films", "accuracy", "low", "high"],
    )
    candidates = pd.DataFrame({"clip_id": ["film-0"], "subtitle": [WORDS]})
    return render_failures(
        rank_pairs(table), find_hard_clips(table), slices, table, candidates, ShardReader(tmp_path)
    )


def test_the_page_shows_frames_words_and_answers(page):
    assert page.count("data:image/jpeg;base64,") == 2 * FRAMES, "once under each heading"
    assert "face time" in page and "face in all frames" in page
    assert "Models agree against the label" in page and "1 clips" in page


def test_words_of_films_are_escaped_and_nothing_is_loaded(page):
    assert WORDS not in page and "&lt;script&gt;" in page
    assert "http:" not in page and "https:" not in page and "default-src 'none'" in page


def test_frames_are_small_and_spread_over_the_clip():
    pictures = [
        Image.open(io.BytesIO(base64.b64decode(text))) for text in draw_frames(clip_of("film-0"))
    ]
    assert [picture.size for picture in pictures] == [(WIDTH, 45)] * FRAMES
    levels = [np.asarray(picture).mean() for picture in pictures]
    assert levels == sorted(levels) and levels[-1] > 150
    assert draw_frames(clip_of("film-0", frames=0)) == []


def test_without_failures_the_page_says_so(tmp_path):
    columns = ["model", "modalities", "clip_id", "source_id", "truth", "predicted"]
    table = pd.DataFrame([("one", "VAT", "film-0", "film", "sad", "sad")], columns=columns)
    words = pd.DataFrame({"clip_id": ["film-0"], "subtitle": ["Well."]})
    nothing = pd.DataFrame(columns=["slice", "value"])
    pairs, hard = rank_pairs(table), find_hard_clips(table)
    page = render_failures(pairs, hard, nothing, table, words, ShardReader(tmp_path))
    assert "one (VAT) gave no wrong label." in page
