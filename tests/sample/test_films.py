import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import av
import numpy as np
import pysubs2
import pytest
from scenedetect import AdaptiveDetector, detect

from libra_emo.sample import ActedOptions, SampleOptions
from libra_emo.sample.films import (
    DrawingTask,
    draw_film,
    film_files,
    format_srt,
    sample_digest,
    sample_digest_of,
    scene_times,
)

IN_A_FRESH_PROCESS = """
import sys
from pathlib import Path
from libra_emo.sample import SampleOptions
from libra_emo.sample.films import DrawingTask, draw_film
from libra_emo.sample.plan import plan_films
from libra_emo.sample.tables import read_tables
from libra_emo.taxonomy import read_taxonomy

options, seed = SampleOptions.model_validate_json(sys.argv[1]), int(sys.argv[2])
taxonomy = read_taxonomy()
tables = read_tables(taxonomy)
plan = plan_films(seed, options, taxonomy, tables, sys.argv[3])[0]
draw_film(DrawingTask(Path(sys.argv[4]), plan, seed, options, tables))
"""


def digest(path):
    return sha256(path.read_bytes()).hexdigest()


def test_a_fresh_process_draws_the_same_bytes(small, tmp_path):
    name = sample_digest_of(film_files(small.folder, small.plans[0])[0])
    asked = [small.options.model_dump_json(), str(small.seed), name, str(tmp_path)]
    subprocess.run([sys.executable, "-c", IN_A_FRESH_PROCESS, *asked], check=True)
    for once, again in zip(
        film_files(small.folder, small.plans[0]),
        film_files(tmp_path, small.plans[0]),
        strict=True,
    ):
        assert digest(once) == digest(again)


def test_a_film_has_the_pictures_and_sound_of_its_plan(small):
    for plan in small.plans:
        with av.open(str(film_files(small.folder, plan)[0])) as film:
            video, audio = film.streams.video[0], film.streams.audio[0]
            assert (video.width, video.height, video.average_rate) == (480, 270, 12)
            assert (audio.rate, audio.channels) == (16000, 1)
            frames = sum(1 for _ in film.decode(video))
            film.seek(0)
            samples = sum(frame.samples for frame in film.decode(audio))
        assert frames == sum(scene.frames for scene in plan.scenes)
        assert samples == pytest.approx(frames / 12 * 16000, abs=len(plan.scenes))


def test_every_cut_is_found_and_no_other(small):
    for plan in small.plans:
        path = film_files(small.folder, plan)[0]
        found = [start.seconds for start, _ in detect(str(path), AdaptiveDetector())]
        meant = [start for _, start, _ in scene_times(plan, small.options)]
        np.testing.assert_allclose(found, meant, atol=0.01)


def test_subtitles_lie_within_their_scenes(small):
    for plan in small.plans:
        cues = pysubs2.load(str(film_files(small.folder, plan)[1])).events
        for scene, start, end in scene_times(plan, small.options):
            inside = [c for c in cues if c.end > 1000 * start and c.start < 1000 * end]
            assert [c.plaintext.replace("\n", " ") for c in inside] == list(scene.lines)
            assert all(1000 * start < c.start < c.end < 1000 * end for c in inside)


def test_a_sidecar_describes_the_film(small):
    for plan in small.plans:
        sidecar = json.loads(film_files(small.folder, plan)[2].read_text(encoding="utf-8"))
        assert sidecar["language"] == plan.language
        assert sidecar["theme"] == plan.theme
        assert sidecar["license"] == "CC0-1.0"


def test_only_what_is_missing_is_drawn(small, tables, tmp_path):
    plan = small.plans[0]
    film, subtitles, sidecar = film_files(tmp_path, plan)
    film.write_bytes(b"kept as it is")
    draw_film(DrawingTask(tmp_path, plan, small.seed, small.options, tables))
    assert film.read_bytes() == b"kept as it is"
    assert digest(subtitles) == digest(film_files(small.folder, plan)[1])
    assert sorted(tmp_path.iterdir()) == sorted([film, subtitles, sidecar])


def test_the_name_changes_with_all_that_the_film_depends_on(taxonomy, tables):
    default = SampleOptions()
    fewer = taxonomy.model_copy(update={"other": "none of them"})
    digests = {
        sample_digest(1, default, taxonomy, tables),
        sample_digest(2, default, taxonomy, tables),
        sample_digest(1, SampleOptions(voice=ActedOptions(own_share=0.5)), taxonomy, tables),
        sample_digest(1, default, fewer, tables),
    }
    assert len(digests) == 4


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("sample-0a1b2c3d-07-drama.mkv", "0a1b2c3d"),
        ("sample-0a1b2c3d-07-historical-drama.mkv", "0a1b2c3d"),
        ("sample-0a1b2c3d-07-drama.mp4", None),
        ("sample-holiday-07-beach.mkv", None),
        (".sample-0a1b2c3d-07-drama.mkv.part", None),
    ],
)
def test_sample_films_are_known_by_their_names(name, found):
    assert sample_digest_of(Path("films") / name) == found


def test_sentences_stay_between_the_cuts():
    scenes = [(0.0, 3.5, ("One.",)), (3.5, 7.0, ()), (7.0, 15.0, ("Two.", "Three."))]
    cues = pysubs2.SSAFile.from_string(format_srt(scenes)).events
    assert [cue.plaintext for cue in cues] == ["One.", "Two.", "Three."]
    assert [(cue.start, cue.end) for cue in cues] == [(200, 3250), (7200, 10950), (11000, 14750)]


def test_long_sentences_are_broken_between_words():
    line = "We leave at dawn, and I have not slept at all, not for one minute!"
    (cue,) = pysubs2.SSAFile.from_string(format_srt([(0.0, 4.0, (line,))])).events
    assert cue.plaintext.count("\n") == 1
    assert cue.plaintext.replace("\n", " ") == line


def test_chinese_sentences_stay_whole():
    (cue,) = pysubs2.SSAFile.from_string(format_srt([(3600.0, 3604.0, ("我们成功了！",))])).events
    assert (cue.plaintext, cue.start) == ("我们成功了！", 3_600_200)


def test_a_film_without_words_has_no_cue():
    assert format_srt([(0.0, 4.0, ())]) == ""
