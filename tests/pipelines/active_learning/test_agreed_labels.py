import pandas as pd
from support.loop_round import AUDIT, make_round
from support.rounds import round_report

from libra_emo.pipelines.active_learning.agreed_labels import audited_before, label_by_agreement
from libra_emo.schemas import HumanVotes, Queue, empty


def test_what_the_last_panel_said_labels_its_clips_in_the_next_round():
    first = make_round(audit=AUDIT).run()
    audited = audited_before(first.votes_so_far, 2)
    assert sorted(audited) == sorted(first.audit.loc[first.audit["drawn"], "clip_id"])
    votes = first.votes_so_far.copy()
    votes.loc[votes["campaign"].str.contains("audit"), "label"] = "amazed"
    labels, dropped = label_by_agreement(
        first.labels,
        empty(Queue),
        empty(HumanVotes),
        votes,
        first.taxonomy,
        first.options,
        round_number=2,
        simulated=True,
    )
    changed = labels.set_index("clip_id").loc[
        [clip for clip in audited if clip in set(first.labels["clip_id"])]
    ]
    assert set(changed["label"]) == {"amazed"} and set(changed["round"]) == {2}
    rest = labels[~labels["clip_id"].isin(audited)]
    kept = first.labels[~first.labels["clip_id"].isin(audited)]
    pd.testing.assert_frame_equal(rest.reset_index(drop=True), kept.reset_index(drop=True))
    assert dropped.empty


def test_a_clip_that_the_queue_asks_again_is_labelled_by_the_queue():
    first = make_round(audit=AUDIT).run()
    second = make_round(first.votes_so_far)
    second.labels_before, second.report_before = first.labels, round_report(1)
    second.select().ask().label()
    asked = set(second.queue["clip_id"]) & set(audited_before(first.votes_so_far, 2))
    own = second.human_votes[second.human_votes["campaign"].str.startswith("round_2")]
    assert asked <= set(own["clip_id"])
    assert sorted([*second.labels["clip_id"], *second.dropped["clip_id"]]) == sorted(
        first.labels["clip_id"]
    )
