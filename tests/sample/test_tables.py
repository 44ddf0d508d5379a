import re

import pytest

from libra_emo.sample.animation import UNITS
from libra_emo.sample.tables import SampleError, read_tables
from libra_emo.sample.voices import SpeakingStyle
from libra_emo.taxonomy import EMOTIONS_FOLDER, Taxonomy

WHOLE_HEAD = {"head_down", "head_tilt_degrees", "gaze_away", "motion"}
VOICE = set(SpeakingStyle.__dataclass_fields__) | {
    "pitch_semitones",
    "pitch_range",
    "energy_db",
    "pace",
}


def test_every_label_is_drawn_voiced_and_worded(taxonomy, tables):
    for label in taxonomy.labels:
        assert tables.shares[label] > 0
        assert len(tables.faces[label]) >= 2
        assert len(tables.voices[label]) >= 2
        assert len(tables.lines["en"][label]) >= 15
        assert len(tables.lines["zh"][label]) >= 10


def test_the_tables_speak_of_what_can_be_drawn(tables):
    for ways in tables.faces.values():
        for way in ways:
            assert set(way) <= {*UNITS, *WHOLE_HEAD}
    for ways in tables.voices.values():
        for way in ways:
            assert set(way) <= VOICE


def test_neighbours_share_lines(tables):
    assert set(tables.lines["en"]["sad"]) & set(tables.lines["en"]["despairful"])
    assert set(tables.lines["zh"]["angry"]) & set(tables.lines["zh"]["hateful"])


def test_a_part_of_the_labels_is_enough(taxonomy):
    kept = [e.model_copy(update={"neighbours": ()}) for e in taxonomy.emotions[:3]]
    tables = read_tables(Taxonomy(emotions=tuple(kept)))
    assert list(tables.faces) == list(taxonomy.labels[:3])


@pytest.mark.parametrize("name", ["drawn_expressions", "drawn_voices", "spoken_lines"])
def test_a_label_that_cannot_be_drawn_is_named_with_the_file(taxonomy, tmp_path, name):
    for path in EMOTIONS_FOLDER.glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        if path.stem == name:
            text = re.sub(r"^(\s*)happy:", r"\1cheery:", text, flags=re.MULTILINE)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    with pytest.raises(SampleError, match=rf"{name}\.yml: no entry for the label 'happy'"):
        read_tables(taxonomy, tmp_path)


def test_a_label_without_a_line_in_one_language_is_named(taxonomy, tmp_path):
    for path in EMOTIONS_FOLDER.glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        if path.stem == "spoken_lines":
            text = "labels: {happy: {en: [Nice.]}}\nshared: []\nbland: {}\nopeners: {}\n"
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    happy = taxonomy["happy"].model_copy(update={"neighbours": ()})
    sad = happy.model_copy(update={"label": "sad"})
    with pytest.raises(SampleError, match="no entry for the label 'sad'"):
        read_tables(Taxonomy(emotions=(happy, sad)), tmp_path)
    text = (tmp_path / "spoken_lines.yml").read_text(encoding="utf-8")
    both = text.replace("]}}", "]}, sad: {en: [Oh.], zh: [唉。]}}")
    (tmp_path / "spoken_lines.yml").write_text(both, encoding="utf-8")
    with pytest.raises(SampleError, match="'happy' has no line in 'zh'"):
        read_tables(Taxonomy(emotions=(happy, sad)), tmp_path)
