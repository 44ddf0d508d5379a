import json

import numpy as np
import pandas as pd
import pytest

from libra_emo.labelling.certificate import (
    Certificate,
    CertificateOptions,
    Panel,
    certify,
    decide_panel,
    panel_instability,
    stale_reason,
)
from libra_emo.labelling.votes import LabellingError

PANEL = Panel(people=4, threshold=2, instability=0.3)
DIGESTS = {"labels": "a", "votes": "b", "models": "c"}


def audit_frame(clips=600):
    draw = np.random.default_rng(4)
    frame = pd.DataFrame(
        {
            "clip_id": [f"c{n}" for n in range(clips)],
            "source_id": [f"f{n % 20}" for n in range(clips)],
            "label": draw.choice(["sad", "happy"], size=clips),
            "origin": "machine",
            "probability": 0.5,
            "drawn": draw.random(clips) < 0.5,
        }
    )
    drawn = frame.loc[frame["drawn"], "clip_id"]
    changed = pd.Series(draw.random(len(drawn)) < 0.1, index=drawn)
    return frame, changed


def certificate_of(**changes):
    frame, changed = audit_frame()
    options = {"look": 1, "judgements": 1200, "digests": DIGESTS, **changes}
    return certify(frame, changed, PANEL, CertificateOptions(), **options)


def test_the_file_has_what_the_contract_names():
    content = json.loads(certificate_of().model_dump_json())
    wanted = "estimand panel overall by_label films clips judgements look digests hash".split()
    assert set(wanted) <= set(content)
    assert set(content["overall"]) == {"estimate", "low", "high", "clips"}
    assert set(content["by_label"]) == {"happy", "sad"}
    assert content["films"] == 20
    assert content["alpha"] == 0.01  # 0.05 over five looks
    assert content["overall"]["low"] < content["overall"]["estimate"] < content["overall"]["high"]


def test_it_is_read_back_as_it_was_written():
    certificate = certificate_of()
    again = Certificate.model_validate_json(certificate.model_dump_json())
    assert again == certificate
    assert stale_reason(again, DIGESTS) is None


@pytest.mark.parametrize("name", ["labels", "votes", "models"])
def test_it_is_stale_when_a_digest_changes(name):
    assert stale_reason(certificate_of(), {**DIGESTS, name: "x"}) == (
        f"the {name} changed after it was written"
    )


def test_it_is_stale_when_somebody_edits_it():
    edited = certificate_of().model_copy(update={"clips": 100_000})
    assert "content was changed" in stale_reason(edited, DIGESTS)


def test_classes_are_wider_than_the_whole():
    certificate = certificate_of()
    whole = certificate.overall
    for part in certificate.by_label.values():
        assert part.high - part.low > whole.high - whole.low


def test_a_drawn_clip_without_an_answer_is_named():
    frame, changed = audit_frame()
    with pytest.raises(LabellingError, match="1 audited clips have no panel's answer"):
        certify(
            frame, changed.iloc[1:], PANEL, CertificateOptions(),
            look=1, judgements=0, digests=DIGESTS,
        )  # fmt: skip


def test_a_missing_digest_is_named():
    with pytest.raises(LabellingError, match="digest of the models"):
        certificate_of(digests={"labels": "a", "votes": "b"})


def test_a_panel_decides_by_threshold_and_ties_go_to_the_adjudicator():
    counts = np.array([[2, 1, 1], [2, 2, 0], [1, 1, 1], [0, 4, 0]], dtype=float)
    assert decide_panel(counts, 2, np.array([9, 9, 9, 9])).tolist() == [0, 9, 9, 1]


def test_instability_is_the_share_of_halves_that_differ():
    # the halves agree; differ; and of two against two ties over the same pair, half differ
    first = np.array([[2, 0], [2, 0], [1, 1]], dtype=float)
    second = np.array([[2, 0], [0, 2], [1, 1]], dtype=float)
    assert panel_instability(first, second, np.ones(3)) == pytest.approx(0.5)
    assert panel_instability(first, second, np.array([2.0, 1, 1])) == pytest.approx(1.5 / 4)
