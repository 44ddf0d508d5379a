import av
import numpy as np
import pytest
from support.odd_films import Paint, write_colour

from libra_emo.media.clips.cutting import cut_scenes_out
from libra_emo.media.films.finding import find_films
from libra_emo.media.films.sources_table import describe_films
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.shards import ShardReader
from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.scenes import Scene

RED = (200, 40, 40)
UNTAGGED = (2, 2, 2, 0)
PAINTS = {
    "SD, nothing said": (Paint(matrix=6), 6),
    "HD, nothing said": (Paint(matrix=1, size=(1280, 720)), 1),
    "upright HD, nothing said": (Paint(matrix=1, size=(720, 1280)), 1),
    "SD, BT.709 said": (Paint(matrix=1, tags=(1, 1, 1, 1)), 1),
    "HD, BT.601 said": (Paint(matrix=6, size=(1280, 720), tags=(6, 6, 6, 1)), 6),
    "full range": (Paint(matrix=1, is_full=True, tags=(1, 1, 1, 2)), 1),
    "full range, BT.601": (Paint(matrix=6, is_full=True, tags=(6, 6, 6, 2), codec="libvpx-vp9"), 6),
    "full range, wide pixels": (
        Paint(matrix=1, is_full=True, tags=(1, 1, 1, 2), aspect=2, size=(320, 360)),
        1,
    ),
    "MPEG-4, nothing said": (Paint(codec="mpeg4", matrix=6), 6),
    "ten bits": (Paint(matrix=1, pixels="yuv420p10le", tags=(1, 1, 1, 1)), 1),
    "RGB": (Paint(codec="libx264rgb", pixels="rgb24", matrix=None, tags=(0, 1, 1, 2)), 6),
}


def cut(film, tmp_path):
    with FilmReader(film) as reader:
        list(reader.frames())
        scene = Scene(0, reader.end_ms)
        folders = tmp_path / "clips", tmp_path / "shards"
        cut_scenes_out(reader, "film", [scene], PreprocessingOptions(), *folders)
    (clip,) = ShardReader(tmp_path / "shards").clip_ids()
    return tmp_path / f"clips/{clip}.mp4", ShardReader(tmp_path / "shards").clip(clip)


def show(path):
    """Return the colour that a player shows, and the tags of the file."""
    with av.open(str(path)) as clip:
        frame = next(clip.decode(video=0))
        planes = frame.to_ndarray().astype(float)
        assert frame.format.name == "yuv420p"
        tags = (frame.colorspace, frame.color_primaries, frame.color_trc, frame.color_range)
    height, width = frame.height, frame.width
    chroma = planes[height:].reshape(2, -1).mean(axis=1)
    luma = (planes[:height, :width].mean() - 16) / 219
    blue, red = (chroma - 128) / 224
    weights = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114)}[tags[0]]
    shown = luma + 2 * (1 - weights[0]) * red, luma + 2 * (1 - weights[1]) * blue
    green = (luma - weights[0] * shown[0] - weights[1] * shown[1]) / (1 - sum(weights))
    return np.array([shown[0], green, shown[1]]) * 255, tags


@pytest.mark.parametrize(("paint", "matrix"), PAINTS.values(), ids=list(PAINTS))
@pytest.mark.parametrize("copies", [True, False], ids=["copied", "encoded"])
def test_clip_and_shard_show_the_colour_of_the_film(tmp_path, paint, matrix, copies, monkeypatch):
    if not copies:
        monkeypatch.setattr("libra_emo.media.clips.cutting.PacketReader.read", lambda *_: None)
    ending = "mkv" if paint.codec in ("libvpx-vp9", "libx264rgb") else "mp4"
    film = write_colour(tmp_path / f"film.{ending}", paint, np.uint8(RED))
    clip, data = cut(film, tmp_path)
    shown, tags = show(clip)
    assert np.abs(shown - RED).max() <= 3
    assert np.abs(np.mean(data.frames, axis=(0, 1, 2)) - RED).max() <= 3
    assert (tags[0], tags[3]) == (matrix, 1)


HDR = {"PQ": 16, "HLG": 18}


@pytest.mark.parametrize("transfer", HDR.values(), ids=list(HDR))
def test_hdr_is_mapped_and_that_is_said(tmp_path, transfer):
    grey = np.uint16([round(0.5 * 65535)] * 3)
    tags = (9, 9, transfer, 1)
    paint = Paint(matrix=9, pixels="yuv420p10le", tags=tags, size=(320, 180))
    film = write_colour(tmp_path / "film.mp4", paint, grey)
    row = describe_films(find_films(str(tmp_path))).iloc[0]
    assert "HDR" in row["warning"]
    assert "BT.709" in row["warning"]
    clip, data = cut(film, tmp_path)
    shown, tags = show(clip)
    assert tags == (1, 1, 1, 1)
    # half of the signal is 92 cd/m² in PQ, and 50 in HLG on a screen of 1,000
    wanted = {16: 177, 18: 136}[transfer]
    assert np.abs(shown - wanted).max() <= 6
    assert np.abs(np.mean(data.frames, axis=(0, 1, 2)) - wanted).max() <= 6


def test_usual_film_has_no_warning_about_colours(tmp_path):
    write_colour(tmp_path / "film.mp4", Paint(), np.uint8(RED))
    assert describe_films(find_films(str(tmp_path)))["warning"].isna().all()
