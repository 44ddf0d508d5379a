from dataclasses import replace

import av
import numpy as np
import pytest
from support.odd_films import Part, write_part

from libra_emo.media.clips.packet_decoding import decode_wanted
from libra_emo.media.clips.remuxing import PacketReader
from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.frames import FilmReader
from libra_emo.media.video.scenes import Scene

WAYS = {
    "no picture between others": "bframes=0",
    "usual": "bframes=3",
    "pictures between others that others need": "bframes=8:b-adapt=0:b-pyramid=normal:ref=4",
    "weighted": "bframes=5:b-pyramid=strict:weightb=1:ref=3",
    "open groups": "bframes=3:open-gop=1:keyint=24",
    "fields": "interlaced=1:bframes=3",
    "slices": "bframes=3:slices=4",
    "without keyframes": "bframes=3:intra-refresh=1",
    "moved in time": "bframes=4:direct=temporal",
    "without arithmetic coding": "cabac=0:bframes=2",
}


def write(path, way="bframes=3", **parts):
    options = (("preset", "medium"), ("x264-params", way))
    return write_part(path, Part(seconds=4, codec="libx264", sound=None, options=options, **parts))


class Counter:
    """A corrector that counts the pictures that it sees."""

    def __init__(self):
        self.seen = []

    def apply(self, picture):
        self.seen.append(picture.pts)
        return picture


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
def test_wanted_pictures_are_those_of_the_whole_film(tmp_path, way, ending):
    film = write(tmp_path / f"film.{ending}", way, gop=250, b_frames=3)
    with FilmReader(film) as reader:
        whole = {frame.picture.pts: frame for frame in reader.frames()}
        scene = Scene(0, reader.end_ms)
    random = np.random.default_rng(3)
    with PacketReader(film, PreprocessingOptions()) as packets:
        for size in (1, 16, 16, len(whole)):
            video = packets.read(scene)
            wanted = set(random.choice(video.times, size, replace=False).tolist())
            found = decode_wanted(video, wanted)
            assert set(found) == wanted
            for pts, frame in found.items():
                assert (frame.time_ms, frame.picture.pts) == (whole[pts].time_ms, pts)
                assert np.array_equal(frame.picture.to_ndarray(), whole[pts].picture.to_ndarray())


def test_pictures_that_nobody_needs_are_skipped(tmp_path):
    film = write(tmp_path / "film.mp4", "bframes=3:b-adapt=0:b-pyramid=none:keyint=250")
    with PacketReader(film, PreprocessingOptions()) as packets:
        video = packets.read(Scene(0, 4000))
        counter = Counter()
        found = decode_wanted(replace(video, corrector=counter), {video.times[0], video.times[50]})
    assert sorted(found) == [video.times[0], video.times[50]]
    assert len(video.times) == 100
    assert 26 <= len(counter.seen) <= 35  # about each fourth picture, and the wanted one


@pytest.fixture
def video(tmp_path):
    with PacketReader(write(tmp_path / "film.mp4"), PreprocessingOptions()) as packets:
        yield packets.read(Scene(0, 4000))


def like(packet, content):
    made = av.Packet(content)
    made.pts, made.dts, made.time_base = packet.pts, packet.dts, packet.time_base
    return made


def test_scene_with_a_torn_packet_gives_nothing(video):
    whole = video.packets[40]
    video.packets[40] = like(whole, bytes(whole)[: whole.size // 2])
    assert decode_wanted(video, {whole.pts}) == {}


def test_scene_that_lacks_a_wanted_picture_gives_nothing(video):
    assert decode_wanted(video, {video.times[0], video.times[-1] + 1}) == {}


def test_scene_that_changes_its_size_gives_nothing(video, tmp_path):
    other = write(tmp_path / "other.mp4", size=(320, 192))
    with av.open(str(other)) as container:
        header = container.streams.video[0].codec_context.extradata
        key = bytes(next(container.demux(video=0)))
    video.packets[50] = like(video.packets[50], _sets_of(header) + key)
    assert decode_wanted(video, {video.times[0]}) == {}


def _sets_of(header):
    """Return the parameter sets of a decoder's configuration as a packet holds them."""
    sets, place = b"", 6  # after the number of the first kind of set, of which there is one
    for _ in range(2):
        size = int.from_bytes(header[place : place + 2], "big")
        sets += size.to_bytes(4, "big") + header[place + 2 : place + 2 + size]
        place += size + 3  # and the number of the next kind
    return sets


def test_scene_that_turns_gives_nothing(video):
    class Turner:
        def apply(self, picture):
            return picture.reformat(width=picture.height, height=picture.width)

    assert decode_wanted(replace(video, corrector=Turner()), {video.times[0]}) == {}


def test_decoder_is_left_ready_for_the_next_scene(video):
    wanted = {video.times[7]}
    (first,) = decode_wanted(video, wanted).values()
    assert decode_wanted(replace(video, packets=video.packets[3:]), {video.times[0]}) == {}
    (again,) = decode_wanted(video, wanted).values()
    assert np.array_equal(first.picture.to_ndarray(), again.picture.to_ndarray())
    assert video.stream.codec_context.skip_frame == "DEFAULT"
