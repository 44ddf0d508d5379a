import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from libra_emo.taxonomy import EmotionType, TaxonomyError, read_label_data, read_taxonomy

SOURCE = Path(__file__).parents[1] / "src"

# the paper's Tables 3 and 13: type and seven-class parent of each label
PAPER = {
    "excited": ("positive", "happy"),
    "happy": ("positive", "happy"),
    "amazed": ("positive", "happy"),
    "surprised": ("neutral", "surprised"),
    "neutral": ("neutral", "neutral"),
    "ironic": ("negative", "disgusted"),
    "disgusted": ("negative", "disgusted"),
    "frustrated": ("negative", "angry"),
    "angry": ("negative", "angry"),
    "hateful": ("negative", "angry"),
    "fearful": ("negative", "fearful"),
    "sad": ("negative", "sad"),
    "despairful": ("negative", "sad"),
}


def write(folder, emotions, **more):
    path = folder / "mine.yml"
    path.write_text(yaml.safe_dump({"emotions": emotions, **more}), encoding="utf-8")
    return path


def emotion(label, **more):
    return {"label": label, "type": "negative", "coarse": label, "definition": "So.", **more}


def test_the_scheme_is_the_papers():
    taxonomy = read_taxonomy()
    assert {e.label: (e.type, e.coarse) for e in taxonomy.emotions} == PAPER
    assert len(taxonomy.negative_labels) == 8 and len(taxonomy.coarse_labels) == 7


def test_every_label_has_words_of_its_own_and_neighbours():
    taxonomy = read_taxonomy()
    assert len({e.definition for e in taxonomy.emotions}) == len(taxonomy.labels)
    assert all(e.neighbours and e.label not in e.neighbours for e in taxonomy.emotions)


def test_no_label_stands_in_code():
    labels = set(read_taxonomy().labels) - set(get_args(EmotionType))
    quoted = re.compile(f"[\"']({'|'.join(sorted(labels))})[\"']")
    found = [
        f"{path.relative_to(SOURCE)}: {line.strip()}"
        for path in SOURCE.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if quoted.search(line)
    ]
    assert found == []


def test_another_taxonomy_is_another_file(tmp_path):
    taxonomy = read_taxonomy(write(tmp_path, [emotion("bored"), emotion("proud")], other="none"))
    assert taxonomy.labels == ("bored", "proud") and taxonomy.other == "none"
    assert "bored" in taxonomy and "sad" not in taxonomy


@pytest.mark.parametrize(
    ("emotions", "message"),
    [
        ([emotion("bored"), emotion("bored")], "'bored' is listed twice"),
        ([emotion("bored")], "at least two labels"),
        ([emotion("bored"), emotion("other")], "'other' is both"),
        ([emotion("bored", neighbours=["glad"]), emotion("proud")], "neighbour 'glad'"),
        ([emotion("bored", type="odd"), emotion("proud")], "emotions.0.type"),
        ([emotion("bored", colour="grey"), emotion("proud")], "emotions.0.colour"),
    ],
)
def test_what_is_wrong_is_reported_with_its_place(tmp_path, emotions, message):
    with pytest.raises(TaxonomyError, match=message) as error:
        read_taxonomy(write(tmp_path, emotions))
    assert "mine.yml" in str(error.value)


def test_a_missing_or_broken_file_is_told(tmp_path):
    with pytest.raises(TaxonomyError, match=r"nothing\.yml"):
        read_taxonomy(tmp_path / "nothing.yml")
    (tmp_path / "broken.yml").write_text("a: [", encoding="utf-8")
    with pytest.raises(TaxonomyError, match="not YAML"):
        read_taxonomy(tmp_path / "broken.yml")
    with pytest.raises(TaxonomyError, match="cannot be read"):
        read_label_data("broken", tmp_path)


def test_an_unknown_label_is_an_error():
    with pytest.raises(TaxonomyError, match="'bored' is not a label"):
        read_taxonomy()["bored"]
