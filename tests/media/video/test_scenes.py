import pytest
from support.drawn_films import SHARED, write_film

from libra_emo.media.options import PreprocessingOptions
from libra_emo.media.video.scenes import detect_scenes

VIDEOS = SHARED / "videos"
real = pytest.mark.skipif(not VIDEOS.is_dir(), reason="the real films are not here")
BOTH = pytest.mark.parametrize("detector", ["adaptive", "content"])


def spans(path, **options):
    scenes = detect_scenes(path, PreprocessingOptions(**options))
    return [(scene.start_ms, scene.end_ms) for scene in scenes]


@BOTH
def test_every_cut_is_found_and_scenes_tile_the_film(tmp_path, detector):
    film = write_film(tmp_path / "film.mp4", [4, 3, 5])
    assert spans(film, detector=detector) == [(0, 4000), (4000, 7000), (7000, 12000)]


@BOTH
def test_film_without_a_cut_is_one_scene(tmp_path, detector):
    film = write_film(tmp_path / "film.mkv", [4])
    assert spans(film, detector=detector) == [(0, 4000)]


@pytest.mark.parametrize(
    ("ending", "codec"),
    [("mp4", "mpeg4"), ("mkv", "libx264"), ("mov", "libx264"), ("avi", "mpeg4"), ("flv", "flv")],
)
def test_containers_of_all_kinds_are_read(tmp_path, ending, codec):
    film = write_film(tmp_path / f"film.{ending}", [4, 3], codec=codec)
    (start, cut), (cut_again, end) = spans(film)
    assert (start, cut_again) == (0, cut)
    assert cut == pytest.approx(4000, abs=90)
    assert end == pytest.approx(7000, abs=90)


def test_threshold_is_a_choice(tmp_path):
    film = write_film(tmp_path / "film.mp4", [4, 3])
    assert spans(film, detector="content", content_threshold=250.0) == [(0, 7000)]


@real
def test_times_are_the_containers_where_the_picture_starts_late():
    # facts of the film: cuts at 1.519, 3.588 and 7.892 s of container time
    film = VIDEOS / "short_hamilton_clip.mp4"
    assert spans(film, detector="content") == [
        (0, 1519),
        (1519, 3588),
        (3588, 7892),
        (7892, 10028),
    ]
    starts = {start for start, _ in spans(film)}
    assert starts >= {0, 1519, 3588, 7892}


@real
def test_cut_of_a_film_with_variable_frame_rate():
    ((_, cut), (_, end)) = spans(VIDEOS / "face_noface.mov")
    assert cut == pytest.approx(2400, abs=42)  # within a frame
    assert end == 6402


@real
def test_same_cuts_as_scenedetect_itself():
    from scenedetect import AdaptiveDetector, SceneManager, open_video

    for name in ("big_buck_bunny_0_30.webm", "short_hamilton_clip.mp4"):
        video = open_video(str(VIDEOS / name), backend="pyav")
        peer = SceneManager()
        peer.add_detector(AdaptiveDetector())
        peer.detect_scenes(video)
        cuts = [round(start.seconds * 1000) for start, _ in peer.get_scene_list()][1:]
        ours = [start for start, _ in spans(VIDEOS / name)][1:]
        late = ours[0] - cuts[0]  # the peer counts from the first frame
        assert [start - late for start in ours] == pytest.approx(cuts, abs=1)
