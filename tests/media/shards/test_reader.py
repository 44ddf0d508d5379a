import hashlib
import pickle

import numpy as np
import pytest

from libra_emo.media.shards import ClipData, ShardReader, ShardWriter


def make_clip(clip_id="film-00000000-00001000-00005000", seed=1, seconds=0.5):
    random = np.random.default_rng(seed)
    ramp = np.linspace(0, 255, 64 * 48 * 3).reshape(48, 64, 3)
    frames = [((ramp + 10 * n) % 256).astype(np.uint8) for n in range(3)]
    audio = (0.2 * random.standard_normal(round(16_000 * seconds))).astype(np.float32)
    return ClipData(clip_id, frames, [0.1, 0.25, 0.4], audio, 16_000)


def test_clip_comes_back_as_it_was_written(tmp_path):
    clip = make_clip()
    with ShardWriter(tmp_path, "film-00000000", jpeg_quality=95) as shard:
        shard.add(clip)

    back = ShardReader(tmp_path).clip(clip.clip_id)

    assert back.clip_id == clip.clip_id
    assert back.times_s == clip.times_s
    assert back.sample_rate == 16_000
    assert back.duration_s == 0.5
    assert back.audio.dtype == np.float32
    np.testing.assert_allclose(back.audio, np.clip(clip.audio, -1, 1), atol=1 / 32768)
    for frame, wanted in zip(back.frames, clip.frames, strict=True):
        assert frame.shape == wanted.shape
        assert np.abs(frame.astype(int) - wanted).mean() < 12


def test_frames_keep_their_colours_in_their_order(tmp_path):
    red = np.zeros((32, 32, 3), np.uint8)
    red[..., 0] = 200
    blue = red[..., ::-1]
    clip = ClipData("f-0-1-2", [red, blue], [0.0, 0.1], np.zeros(160, np.float32), 16_000)
    with ShardWriter(tmp_path, "f-0") as shard:
        shard.add(clip)
    first, second = ShardReader(tmp_path).clip("f-0-1-2").frames
    assert first[16, 16].argmax() == 0
    assert second[16, 16].argmax() == 2


def test_reader_knows_the_clips_of_all_films(tmp_path):
    for film in ("b", "a"):
        with ShardWriter(tmp_path, film) as shard:
            for number in (2, 1):
                shard.add(make_clip(f"{film}-{number}"))
    reader = ShardReader(tmp_path)
    assert reader.clip_ids() == ["a-1", "a-2", "b-1", "b-2"]
    assert reader.shard("b-1") == tmp_path / "b.tar"
    assert pickle.loads(pickle.dumps(reader)).clip("a-2").clip_id == "a-2"


def test_written_twice_gives_the_same_bytes(tmp_path):
    hashes = []
    for folder in ("one", "two"):
        with ShardWriter(tmp_path / folder, "film") as shard:
            shard.add(make_clip())
        hashes.append(hashlib.sha256((tmp_path / folder / "film.tar").read_bytes()).hexdigest())
    assert hashes[0] == hashes[1]


def test_quality_is_a_choice(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    clip = ClipData("film-1", [noise], [0.0], np.zeros(160, np.float32), 16_000)
    for quality in (30, 95):
        with ShardWriter(tmp_path / str(quality), "film", jpeg_quality=quality) as shard:
            shard.add(clip)
    sizes = [(tmp_path / name / "film.tar").stat().st_size for name in ("30", "95")]
    assert sizes[0] < sizes[1]


@pytest.mark.parametrize("seconds", [0.001, 0.1])
def test_very_short_sound_is_kept(tmp_path, seconds):
    clip = make_clip(seconds=seconds)
    with ShardWriter(tmp_path, "film") as shard:
        shard.add(clip)
    assert len(ShardReader(tmp_path).clip(clip.clip_id).audio) == len(clip.audio)


def test_raw_files_are_those_of_the_shard(tmp_path):
    clip = make_clip()
    with ShardWriter(tmp_path, "film-00000000") as shard:
        shard.add(clip)
    raw = ShardReader(tmp_path).raw(clip.clip_id)
    assert sorted(raw) == ["00.jpg", "01.jpg", "02.jpg", "flac", "json"]
    assert raw["00.jpg"][:2] == b"\xff\xd8" and raw["flac"][:4] == b"fLaC"
