"""The search finds what is the same moment, however it was encoded, and nothing else."""

import cv2
import numpy as np
import pandas as pd
import pytest

from libra_emo.leakage.search import COLUMNS, find_leaks
from libra_emo.media.shards import ClipData, ShardReader, ShardWriter

RATE = 16_000
LINE, OTHER_LINE = "You never told me about this letter.", "Leave me alone, I said."


def draw_moment(seed, seconds=4.0, frames=8):
    """Soft shapes that move, and a sound whose bands come and go: as unlike as real films are."""
    random = np.random.default_rng(seed)
    pictures = []
    for _ in range(frames):
        coarse = random.integers(0, 255, (7, 9, 3), dtype=np.uint8)
        pictures.append(cv2.resize(coarse, (160, 120), interpolation=cv2.INTER_CUBIC))
    knots = random.normal(0, 1, (int(seconds * 8), 24))
    times = np.linspace(0, len(knots) - 1, int(seconds * RATE))
    phases = np.cumsum(np.ones_like(times)) / RATE
    sound = np.zeros(len(times))
    for band, pitch in enumerate(np.geomspace(320, 2900, 24)):
        loudness = np.exp(np.interp(times, np.arange(len(knots)), knots[:, band]))
        sound += loudness * np.sin(2 * np.pi * pitch * phases + random.uniform(0, 6))
    return pictures, (0.2 * sound / np.abs(sound).max()).astype(np.float32)


def encode_again(pictures, sound):
    smaller = [cv2.resize(frame, None, fx=0.5, fy=0.5) for frame in pictures]
    brighter = [cv2.convertScaleAbs(frame, alpha=1.1, beta=8) for frame in smaller]
    noise = np.random.default_rng(1).normal(0, 0.002, len(sound))
    return brighter, (0.5 * sound + noise).astype(np.float32)


def write_film(folder, film, clips):
    """Write a shard; `clips` are pictures, sound and words. Returns its Candidates' columns."""
    rows = []
    with ShardWriter(folder, film, jpeg_quality=60) as shard:
        for number, (pictures, sound, words) in enumerate(clips):
            clip_id = f"{film}-{number}"
            times = list(np.linspace(0, len(sound) / RATE, len(pictures)))
            shard.add(ClipData(clip_id, pictures, times, sound, RATE))
            start = 10.0 * number
            rows.append((clip_id, film, start, start + 4, words))
    return pd.DataFrame(rows, columns=["clip_id", "source_id", "start_s", "end_s", "subtitle"])


def search(folder, bench_clips, pool_clips, checksums=("1", "2"), films=("held", "free")):
    bench = write_film(folder, films[0], bench_clips)
    pool = write_film(folder, films[1], pool_clips)
    sources = pd.DataFrame({"source_id": films, "sha256": checksums})
    return find_leaks(bench, pool, sources, ShardReader(folder))


PICTURES, SOUND = draw_moment(1)
OTHER_PICTURES, OTHER_SOUND = draw_moment(2)
SMALLER, NOISY = encode_again(PICTURES, SOUND)
SILENCE = np.zeros_like(SOUND)
BARS = [cv2.copyMakeBorder(frame, 20, 20, 0, 0, cv2.BORDER_CONSTANT) for frame in PICTURES]


@pytest.mark.parametrize(
    ("pictures", "sound", "words", "agreeing"),
    [
        (PICTURES, SOUND, LINE, "frames, sound, words"),
        (SMALLER, NOISY, LINE.upper(), "frames, sound, words"),
        (SMALLER, NOISY, OTHER_LINE, "frames, sound"),
        (SMALLER, SILENCE, LINE, "frames, words"),
        (BARS, NOISY[3 * RATE // 10 :], LINE, "sound, words"),
        (BARS, NOISY[RATE:], OTHER_LINE, "sound"),
        (PICTURES, OTHER_SOUND, OTHER_LINE, "frames"),
    ],
)
def test_the_same_moment_is_found_in_another_encoding(tmp_path, pictures, sound, words, agreeing):
    found = search(tmp_path, [(PICTURES, SOUND, LINE)], [(pictures, sound, words)])
    assert found["kind"].tolist() == [f"near-duplicate ({agreeing})"]
    assert found[["clip_id", "bench_clip"]].to_numpy().tolist() == [["free-0", "held-0"]]


FLAT = [np.full((120, 160, 3), level, dtype=np.uint8) for level in (20, 90, 200)]
STILL = [PICTURES[0]] * 8


@pytest.mark.parametrize(
    ("pictures", "sound", "words"),
    [
        (OTHER_PICTURES, OTHER_SOUND, OTHER_LINE),
        (OTHER_PICTURES, OTHER_SOUND, LINE),  # a sentence that is said in two films
        (STILL, OTHER_SOUND, OTHER_LINE),  # a still picture, such as a title
        (OTHER_PICTURES, SILENCE, "No."),
        (FLAT, SILENCE, "No."),
        ([], SILENCE[:100], ""),
    ],
)
def test_what_two_films_share_by_chance_is_no_leak(tmp_path, pictures, sound, words):
    assert not len(search(tmp_path, [(PICTURES, SOUND, LINE)], [(pictures, sound, words)]))
    assert not len(search(tmp_path, [(STILL, SILENCE, "No.")], [(pictures, sound, words)]))


def test_clips_of_many_films_are_told_apart(tmp_path):
    moments = [(*draw_moment(seed), f"Line number {seed} of them all.") for seed in range(24)]
    assert not len(search(tmp_path, moments[:12], moments[12:]))


def test_a_film_of_the_bench_under_another_name_is_found_by_its_checksum(tmp_path):
    clip, other = (PICTURES, SOUND, LINE), (OTHER_PICTURES, OTHER_SOUND, OTHER_LINE)
    found = search(tmp_path, [clip], [other], checksums=("1", "1"))
    assert found.to_numpy().tolist() == [["free-0", "free", "held-0", "held", "checksum"]]
    assert tuple(found.columns) == COLUMNS


def test_clips_of_one_film_are_leaks_with_or_without_common_seconds(tmp_path):
    clips = [draw_moment(seed) for seed in (1, 2, 3)]
    table = write_film(tmp_path, "film", [(*clip, LINE) for clip in clips])
    sources = pd.DataFrame({"source_id": ["film"], "sha256": ["1"]})
    bench = table.iloc[:1]
    pool = table.iloc[1:].assign(start_s=[3.9, 4.0], end_s=[8.0, 8.0])
    found = find_leaks(bench, pool, sources, ShardReader(tmp_path))
    assert found["kind"].tolist() == ["overlap", "film"]


def test_without_bench_or_pool_nothing_leaks(tmp_path):
    table = write_film(tmp_path, "film", [(PICTURES, SOUND, LINE)])
    sources = pd.DataFrame({"source_id": ["film"], "sha256": ["1"]})
    shards = ShardReader(tmp_path)
    for bench, pool in ((table, table.iloc[:0]), (table.iloc[:0], table)):
        assert tuple(find_leaks(bench, pool, sources, shards).columns) == COLUMNS
