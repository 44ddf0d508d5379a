import io

import pytest
from PIL import Image
from support.small_world import make_world

from libra_emo.evaluation.composition.dataset_tables import count_labels
from libra_emo.evaluation.composition.distribution_plot import plot_distribution
from libra_emo.taxonomy import read_taxonomy


@pytest.mark.parametrize("empty", [False, True])
def test_bars_have_the_numbers_of_clips(empty):
    world = make_world()
    bench = world.bench_labels.head(0) if empty else world.bench_labels
    labels = count_labels(world.rounds[1], bench, read_taxonomy())
    figure = plot_distribution(labels, "bench")
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert any(text.startswith("0  (–)" if empty else "6  (33.3 %)") for text in texts), texts
    file = io.BytesIO()
    figure.savefig(file, format="png")
    assert Image.open(file).width > 500
