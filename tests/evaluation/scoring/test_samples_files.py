"""Every answer that was scored comes back from its file of samples with class and status."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.evaluation_sets import TAXONOMY, make_public_set, make_set

from libra_emo.evaluation.answers.answer_file import (
    ANSWERED,
    STATUSES,
    AnswerFile,
    RawAnswer,
)
from libra_emo.evaluation.answers.matching import AnswerReader
from libra_emo.evaluation.answers.reading import read_answers
from libra_emo.evaluation.scoring.samples_files import write_sample_files
from libra_emo.evaluation.scoring.score import score_answers
from libra_emo.evaluation.scoring.summary import summarise

SETS = {
    "mine": make_set(["sad", "happy", "angry", "neutral"], ["a", "a", "b", "b"]),
    "bench": make_set(["sad", "happy", "angry", "neutral"], ["a", "a", "b", "b"], name="bench"),
    "crema_d": make_public_set("crema_d", ["A", "D", "H", "N"]),
}
REPLIES = (
    *("sad", "happy; a smile", "surprised", "**angry**\nHe\u2028 shouts.", "悲伤；她哭了"),
    *("It is hard to say.", "sad or angry", "I'm sorry, I cannot help with that.", "", "A lot"),
)
LABELS = (*TAXONOMY.labels, "悲伤", "", "Sad")
answer = st.one_of(
    st.none(),
    st.builds(
        lambda reply, finish, status: (None, reply, finish, status),
        st.sampled_from(REPLIES),
        st.sampled_from([None, "stop", "max_tokens", "content_filter"]),
        st.sampled_from([None, None, None, *STATUSES]),
    ),
)
labelled = st.one_of(
    st.none(),
    st.builds(
        lambda label, reply, status: (label or None, reply, None, status),
        st.sampled_from(LABELS),
        st.sampled_from([None, *REPLIES]),
        st.sampled_from([None, None, *STATUSES]),
    ),
)


def score(clips, *files):
    return score_answers(
        clips, [AnswerReader(clips, TAXONOMY).match(file) for file in files], 1, 100
    )


def files_of(clips, rows, with_labels):
    answers = tuple(
        RawAnswer(clip, *row)
        for clip, row in zip(clips.clip_ids, rows, strict=True)
        if row is not None
    )
    return AnswerFile("a/b: c", "VT", Path("a.csv"), answers, with_labels)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(SETS)),
    st.booleans().flatmap(
        lambda with_labels: st.tuples(
            st.just(with_labels),
            st.lists(labelled if with_labels else answer, min_size=4, max_size=4).filter(any),
        )
    ),
)
def test_answers_come_back_as_they_were(tmp_path_factory, name, chosen):
    with_labels, rows = chosen
    clips = SETS[name]
    report = score(clips, files_of(clips, rows, with_labels))
    (path,) = write_sample_files(report, tmp_path_factory.mktemp("samples"))
    first = report.models[0].answers
    if set(first.statuses) == {"missing"}:
        return
    (file,) = read_answers(path, clips)
    again = score(clips, file)
    assert again.models[0].answers.statuses == first.statuses
    assert (again.models[0].answers.predicted == first.predicted).all()
    one, two = (summarise(each)["models"][0] for each in (report, again))
    for key in set(one) - {"model", "modalities"}:
        assert one[key] == two[key], key


def test_models_of_one_folder_name_have_files_of_their_own(tmp_path):
    clips = SETS["bench"]
    rows = [("sad", None, None, None)] * 4
    one, two = (
        AnswerFile(model, "", Path("a.csv"), files_of(clips, rows, True).answers, True)
        for model in ("a:b", "a/b")
    )
    paths = write_sample_files(score(clips, one, two), tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "a_b_1/samples_libra_emo_bench.jsonl",
        "a_b_2/samples_libra_emo_bench.jsonl",
    ]


@pytest.mark.parametrize("status", STATUSES[1:-1])
def test_why_there_is_no_label_is_kept(tmp_path, status):
    clips = SETS["mine"]
    rows = [(None, "sad", None, status), ("sad", None, None, ANSWERED), None, None]
    (path,) = write_sample_files(score(clips, files_of(clips, rows, True)), tmp_path)
    (file,) = read_answers(path, clips)
    assert score(clips, file).models[0].answers.statuses == (
        status, "answered", "missing", "missing",
    )  # fmt: skip
