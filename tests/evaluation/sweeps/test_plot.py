import io

import pandas as pd
from PIL import Image

from libra_emo.evaluation.metrics import METRICS
from libra_emo.evaluation.sweeps.plot import plot_sweep


def test_both_panels_show_every_setting_even_without_intervals():
    scores = pd.DataFrame({"setting": ["$a", "b", "c"], "clips": 9, "n": 119, "films": 10})
    for name in METRICS:
        scores[name] = [0.4, 0.5, 0.6]
        scores[f"{name}_low"] = [0.3, None, 0.5]
        scores[f"{name}_high"] = [0.5, None, 0.7]
    figure = plot_sweep(scores, "data_share")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["all labels", "negative labels"]
    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == ["$a", "b", "c"]
    file = io.BytesIO()
    figure.savefig(file, format="png")
    assert Image.open(file).width > 600
