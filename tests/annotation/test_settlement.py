import pandas as pd
from support.ballots import ballots

from libra_emo.annotation.settlement import merge_labels, settle
from libra_emo.schemas import Dropped, RoundLabels, check


def round_labels(*rows: tuple) -> pd.DataFrame:
    return check(pd.DataFrame(rows, columns=list(RoundLabels.to_schema().columns)), RoundLabels)


def test_every_clip_ends_as_label_or_dropped(rounds):
    votes = pd.concat(
        [
            ballots(
                "round_1",
                agreed="sad sad happy ironic",
                none_fits="other other other sad",
                tie="sad sad angry angry",
                miss="sad angry happy ironic",
                hopeless="sad angry happy other",
            ),
            ballots("round_1.adjudication", tie="angry", miss="neutral", hopeless="other"),
        ]
    )
    clips = ["agreed", "none_fits", "tie", "miss", "hopeless"]
    labels, dropped = settle(clips, votes, rounds, round_number=1, simulated=False)
    assert labels.to_numpy().tolist() == [
        ["agreed", "sad", "people", 2, 4, 1],
        ["miss", "neutral", "adjudicated", 1, 1, 1],
        ["tie", "angry", "adjudicated", 1, 1, 1],
    ]
    assert dropped.to_numpy().tolist() == [["hopeless", "other"], ["none_fits", "other"]]


def test_labels_by_simulated_annotators_say_so(rounds):
    votes = pd.concat(
        [
            ballots("round_1", a="sad sad happy ironic", b="sad sad happy happy"),
            ballots("round_1.adjudication", b="happy"),
        ]
    )
    labels, _ = settle(["a", "b"], votes, rounds, round_number=2, simulated=True)
    assert labels["origin"].tolist() == ["simulated", "simulated"]


def test_asked_clips_take_the_campaigns_answer_and_the_others_keep_their_round():
    previous = round_labels(
        ("kept", "happy", "machine", 2, 3, 0),
        ("asked", "happy", "machine", 3, 3, 0),
        ("lost", "sad", "people", 3, 4, 1),
    )
    settled = round_labels(("asked", "angry", "people", 3, 4, 2), ("new", "sad", "people", 2, 4, 2))
    dropped = check(pd.DataFrame({"clip_id": ["lost"], "reason": ["other"]}), Dropped)
    merged = merge_labels(previous, ["lost", "asked", "new"], settled, dropped)
    assert merged.to_numpy().tolist() == [
        ["asked", "angry", "people", 3, 4, 2],
        ["kept", "happy", "machine", 2, 3, 0],
        ["new", "sad", "people", 2, 4, 2],
    ]
