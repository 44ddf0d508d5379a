"""Models that are asked about the bench, with a server of OpenAI's protocol behind them."""

import pandas as pd
import pytest
from support.llm_clips import clip_names, make_shards
from support.llm_voting import ROOT, TAXONOMY, candidates, prices
from support.openai_server import KEY, Behaviour, serving

from libra_emo.evaluation.metrics import EvaluationError
from libra_emo.evaluation.options import EvaluatedModel, EvaluationOptions
from libra_emo.evaluation.tables import score_models
from libra_emo.llm.ledger.ledger import Ledger
from libra_emo.llm.ledger.recordings import export_answers, replay_answers
from libra_emo.llm.request.keys import Keys
from libra_emo.llm.request.prompts import Prompt
from libra_emo.pipelines.evaluation.asked import ask_models
from libra_emo.pipelines.evaluation.nodes import predict_bench
from libra_emo.schemas import MachineVotes, RoundLabels, check, empty
from libra_emo.students import TrainingOptions
from libra_emo.voting.llm_voter import VoterError
from libra_emo.voting.options import VotingOptions
from libra_emo.voting.polling import VotersStopped

CLIPS = clip_names(6)
TRUTH = [TAXONOMY.labels[place] for place in range(6)]


def answer(number, arrived):
    """Answer three clips rightly; one with prose, one with a refusal, one stopped by a filter."""
    clip = int(arrived.user.split("words of film-")[1][:8])
    odd = {
        3: Behaviour(text="It is hard to say what the person feels in this moment."),
        4: Behaviour(text="", refusal="I cannot help with that."),
        5: Behaviour(text="", finish="content_filter"),
    }
    return odd.get(clip, Behaviour(text=f"{TRUTH[clip]};seen in the face"))


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return make_shards(tmp_path_factory.mktemp("shards"), len(CLIPS))


@pytest.fixture
def server():
    with serving(answer) as running:
        yield running


def entry(url, name="first", **more):
    return {
        "name": name, "model": f"openai/{name}", "api_base": url, "served_as": "the test server",
        "timeout_seconds": 10, "max_answer_tokens": 60, **more,
    }  # fmt: skip


def options(*models, **more):
    return EvaluationOptions.model_validate({"models": models, "max_cost_usd": 100, **more})


def bench():
    table = pd.DataFrame({"clip_id": CLIPS, "label": TRUTH})
    return check(table.assign(origin="people", support=5, votes=8, round=0), RoundLabels)


def ask(shards, ledger, evaluation, features=None):
    table = candidates(CLIPS) if features is None else features
    prompt = Prompt((ROOT / "conf/base/prompts/annotate.jinja").read_text("utf-8"), "annotate")
    return ask_models(
        table[["clip_id", "source_id", "language", "subtitle"]], bench(), shards, Ledger(ledger),
        prompt, prices(), Keys({"first": KEY, "second": KEY}), TAXONOMY, evaluation, 7,
    )  # fmt: skip


def predict(evaluation, answers):
    features = candidates(CLIPS)[["clip_id", "source_id", "language", "subtitle"]]
    return predict_bench(
        features=features, labels=bench(), bench_labels=bench(),
        machine_votes=empty(MachineVotes), bench_answers=answers, model=None, taxonomy=TAXONOMY,
        student="classical", training=TrainingOptions(), voting=VotingOptions(voters=()),
        evaluation=evaluation, seed=7, clip_shards=None,
    )  # fmt: skip


def test_each_model_has_its_rows_like_a_student(server, shards, tmp_path):
    both = options(entry(server.url, modalities="VT"), entry(server.url, "second", modalities="T"))
    answers = ask(shards, tmp_path / "ledger.sqlite", both)
    predictions = predict(both, answers)
    assert predictions.groupby(["model", "modalities"], sort=False).size().to_dict() == {
        ("first", "VT"): 6,
        ("second", "T"): 6,
    }
    first = predictions[predictions["model"] == "first"].set_index("clip_id")["predicted"]
    assert first[CLIPS[:3]].tolist() == TRUTH[:3]
    assert first[CLIPS[3:]].isna().all()
    scores = score_models(predictions, TAXONOMY).set_index("model")
    assert scores.loc["first", "accuracy"] == 0.5
    assert scores.loc["first", "unreadable"] == 0.5


def test_each_answer_has_the_status_that_a_voter_would_have(server, shards, tmp_path):
    answers = ask(shards, tmp_path / "ledger.sqlite", options(entry(server.url, modalities="T")))
    found = answers.set_index("clip_id")["status"]
    assert found[CLIPS].tolist() == ["ok", "ok", "ok", "out_of_form", "refused", "refused"]


def test_a_model_may_be_asked_for_the_coarse_labels_alone(server, shards, tmp_path):
    coarse = entry(server.url, modalities="T", label_set="coarse")
    answers = ask(shards, tmp_path / "ledger.sqlite", options(coarse)).set_index("clip_id")
    listed = server.arrived[0].user + server.arrived[0].system
    assert "happy" in listed and "despairful" not in listed
    # clip 0 is answered with `excited`, which was not offered; its parent counts
    assert answers.loc[CLIPS[1], "label"] == "happy"
    assert set(answers["label"].dropna()) <= set(TAXONOMY.coarse_labels)


def test_a_second_run_asks_and_pays_for_nothing(server, shards, tmp_path):
    chosen = options(entry(server.url, modalities="VT"))
    first = ask(shards, tmp_path / "ledger.sqlite", chosen)
    asked = len(server.answered)
    assert asked == 7  # six clips, and prose is asked about again
    assert ask(shards, tmp_path / "ledger.sqlite", chosen).equals(first)
    assert len(server.answered) == asked


def test_a_replayed_recording_gives_the_same_rows_without_a_server(server, shards, tmp_path):
    chosen = options(entry(server.url, modalities="VT"))
    first = ask(shards, tmp_path / "ledger.sqlite", chosen)
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        assert export_answers(ledger, tmp_path / "answers.jsonl.gz") == 7
    with Ledger(tmp_path / "other.sqlite") as other:
        replay_answers(other, tmp_path / "answers.jsonl.gz")
    recorded = options(entry("http://127.0.0.1:9/v1", modalities="VT"), recorded_only=True)
    again = ask(shards, tmp_path / "other.sqlite", recorded)
    assert again.equals(first)


def test_the_ceiling_holds_and_is_named(server, shards, tmp_path):
    poor = options(entry(server.url, modalities="T"), max_cost_usd=0)
    with pytest.raises(VotersStopped, match=r"model 'first': evaluation\.max_cost_usd is 0: .*"):
        ask(shards, tmp_path / "ledger.sqlite", poor)
    assert not server.arrived


def test_a_model_without_a_price_is_refused(server, shards, tmp_path):
    unknown = options(entry(server.url, model="openai/unknown"))
    with pytest.raises(VoterError, match="has no price"):
        ask(shards, tmp_path / "ledger.sqlite", unknown)


def test_by_default_nothing_is_asked(tmp_path):
    assert ask(None, tmp_path / "ledger.sqlite", EvaluationOptions()).empty


def test_a_clip_without_features_is_named(shards, tmp_path):
    chosen = options(entry("http://127.0.0.1:9/v1"))
    with pytest.raises(EvaluationError, match=f"1 of 6 clips .* the first is {CLIPS[5]}"):
        ask(shards, tmp_path / "ledger.sqlite", chosen, candidates(CLIPS[:5]))


def test_two_entries_may_not_share_their_rows(tmp_path):
    table = pd.DataFrame({"clip_id": CLIPS, "predicted": TRUTH})
    table.to_csv(tmp_path / "theirs.csv", index=False)
    files = [
        EvaluatedModel(name="theirs", predictions=tmp_path / "theirs.csv", modalities="V")
        for _ in range(2)
    ]
    with pytest.raises(EvaluationError, match="two models are called theirs V"):
        predict(EvaluationOptions.model_construct(models=tuple(files)), empty(MachineVotes))
