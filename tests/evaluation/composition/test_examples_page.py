import numpy as np
import pandas as pd
import pytest

from libra_emo.evaluation.composition.examples_page import PER_LABEL, render_examples
from libra_emo.media.shards import ClipData, ShardReader, ShardWriter
from libra_emo.taxonomy import read_taxonomy


@pytest.fixture
def page(tmp_path):
    frame = np.full((9, 16, 3), 80, dtype=np.uint8)
    names = [f"film-{place}" for place in range(5)]
    with ShardWriter(tmp_path, "film") as shard:
        for name in names:
            shard.add(ClipData(name, [frame], [0.0], np.zeros(1600, np.float32), 16_000))
    labels = pd.DataFrame({"clip_id": names, "label": ["sad"] * 4 + ["angry"]})
    explanations = pd.DataFrame(
        {
            "clip_id": names,
            "status": ["ok"] * 4 + ["too_short"],
            "explanation": ["<b>He weeps.</b>"] * 4 + [None],
        }
    )
    words = pd.DataFrame({"clip_id": names, "subtitle": ["Gone & lost."] * 5})
    taxonomy = read_taxonomy()
    return render_examples(labels, explanations, words, taxonomy, 7, ShardReader(tmp_path))


def test_each_label_shows_a_few_drawn_clips(page):
    assert page.count("Gone &amp; lost.") == PER_LABEL + 1
    assert page.count("&lt;b&gt;He weeps.&lt;/b&gt;") == PER_LABEL
    assert page.count("There is no explanation that passed the checks.") == 1
    assert "4 clips" in page and "0 clips" in page


def test_nothing_is_loaded_from_elsewhere(page):
    assert "http:" not in page and "https:" not in page and "default-src 'none'" in page
