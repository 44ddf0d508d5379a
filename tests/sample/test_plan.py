import math

import pytest

from libra_emo.sample import ActedOptions, CueOptions, SampleOptions
from libra_emo.sample.films import scene_times
from libra_emo.sample.plan import plan_films


@pytest.fixture(scope="module")
def films(taxonomy, tables):
    return plan_films(20250101, SampleOptions(), taxonomy, tables, "0" * 8)


@pytest.fixture(scope="module")
def scenes(films):
    return [scene for film in films for scene in film.scenes]


def test_as_many_scenes_are_meant_to_survive_as_asked(films, scenes):
    assert len(films) == 30
    assert sum(scene.purpose == "kept" for scene in scenes) == 450
    for purpose, share in [
        ("too_short", 0.12),
        ("too_long", 0.035),
        ("no_subtitle", 0.06),
        ("no_face", 0.07),
    ]:
        assert sum(scene.purpose == purpose for scene in scenes) == round(share * 450)


def test_lengths_fit_what_becomes_of_the_scenes(films):
    options = SampleOptions()
    total = 0.0
    for film in films:
        for scene, start, end in scene_times(film, options):
            seconds = end - start
            total += seconds
            if scene.purpose == "too_short":
                assert 1.25 < seconds < 3 - 1 / 12
            elif scene.purpose == "too_long":
                assert seconds > 10 + 1 / 12
            else:
                assert 3 + 1 / 12 < seconds < 10 - 1 / 12
    assert total < 45 * 60


def test_cuts_change_place_and_actor(films):
    for film in films:
        for before, after in zip(film.scenes, film.scenes[1:], strict=False):
            assert before.backdrop != after.backdrop
            assert before.actor != after.actor


def test_a_plan_depends_on_the_seed_alone(films, taxonomy, tables):
    assert plan_films(20250101, SampleOptions(), taxonomy, tables, "0" * 8) == films
    assert plan_films(20250102, SampleOptions(), taxonomy, tables, "0" * 8) != films


@pytest.mark.parametrize("modality", ["face", "voice"])
def test_modalities_show_what_the_options_say(scenes, taxonomy, modality):
    felt = [(scene.label, getattr(scene, modality)) for scene in scenes if scene.label]
    own = sum(shown.label == label for label, shown in felt) / len(felt)
    other = sum(shown.label in taxonomy[label].neighbours for label, shown in felt) / len(felt)
    assert own == pytest.approx(0.68, abs=4 * math.sqrt(0.68 * 0.32 / len(felt)))
    assert other == pytest.approx(0.2, abs=4 * math.sqrt(0.2 * 0.8 / len(felt)))
    shown = {result.label for _, result in felt}
    assert shown == {None, *taxonomy.labels}


def test_modalities_err_independently(scenes):
    felt = [scene for scene in scenes if scene.label]
    face = [scene.face.label == scene.label for scene in felt]
    voice = [scene.voice.label == scene.label for scene in felt]
    both = sum(a and b for a, b in zip(face, voice, strict=True)) / len(felt)
    expected = sum(face) * sum(voice) / len(felt) ** 2
    assert both == pytest.approx(expected, abs=4 * math.sqrt(0.25 / len(felt)))


def test_lines_are_in_the_films_language(films):
    for film in films:
        for scene in film.scenes:
            assert bool(scene.lines) == (scene.purpose != "no_subtitle")
            for line in scene.lines:
                assert any("\u4e00" <= sign <= "\u9fff" for sign in line) == (film.language == "zh")


def test_open_actors_hide_nothing(taxonomy, tables):
    acted = ActedOptions(own_share=1, neighbour_share=0, min_intensity=1)
    options = SampleOptions(
        films=1, clips=26, face=acted, voice=acted, words=CueOptions(own_share=1, neighbour_share=0)
    )
    (film,) = plan_films(1, options, taxonomy, tables, "0" * 8)
    for scene in film.scenes:
        assert scene.face.label == scene.voice.label == scene.label
