import numpy as np
import pandas as pd
import pytest
from support.loop_decisions import make_decisions

from libra_emo.evaluation.quality_plot import plot_quality

QUALITY = pd.DataFrame({"round": [0, 1], "labelled": 200, "accuracy": [0.8, 0.9]})


def test_wrong_labels_are_drawn_by_answers_with_the_certificates_interval():
    left, right = plot_quality(make_decisions(), QUALITY).axes
    certified, truth, _ = left.lines
    assert certified.get_xdata().tolist() == [180] and certified.get_ydata().tolist() == [0.1]
    assert truth.get_xdata().tolist() == [100, 180]
    assert truth.get_ydata().tolist() == pytest.approx([0.2, 0.1])
    assert left.collections[0].get_segments()[0].tolist() == [[180, 0.02], [180, 0.2]]
    assert right.lines[0].get_ydata().tolist() == [30.0, 20.0]


@pytest.mark.parametrize(("certified", "share"), [(True, 0.1), (False, 0.1)])
def test_a_dashed_line_shows_what_the_next_answers_would_bring(certified, share):
    left, _ = plot_quality(make_decisions(certified), QUALITY).axes
    expected = left.lines[-1]
    assert list(expected.get_xdata()) == [180, 1180]
    # 20 labels more of 200 are expected to be right, so there are no wrong ones left
    assert list(expected.get_ydata()) == pytest.approx([share, share - 20 / 200])
    fewer = QUALITY.assign(labelled=100)
    assert plot_quality(make_decisions(certified), fewer).axes[0].lines[-1].get_ydata()[1] == 0.0


def test_without_a_certificate_and_a_truth_the_plot_says_so():
    unknown = QUALITY.assign(accuracy=np.nan)
    left, _ = plot_quality(make_decisions(certified=False), unknown).axes
    assert not left.lines and "no certificate" in left.texts[0].get_text()
