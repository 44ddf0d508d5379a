import numpy as np
import pandas as pd

from libra_emo.students.predictions import tabulate_predictions


def test_a_clip_that_could_not_be_read_has_no_label():
    shares = np.array([[0.2, 0.8], [np.nan, np.nan], [0.6, 0.4]])
    table = tabulate_predictions(pd.Series(["a", "b", "c"]), shares, ["sad", "happy"])
    assert table["predicted"].tolist()[::2] == ["happy", "sad"]
    assert table.loc[1, ["predicted", "confidence", "p_sad", "p_happy"]].isna().all()
