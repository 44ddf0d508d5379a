import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from support.loop_decisions import make_decisions
from support.small_world import make_world

from libra_emo.evaluation.label_quality import measure_label_quality
from libra_emo.evaluation.page import PageContents, _part_abstentions, percent, render_page, whole
from libra_emo.evaluation.report_card import compare_errors, score_voters
from libra_emo.evaluation.scoring.versions import ModelIdentity, describe_versions, parser_version
from libra_emo.evaluation.tables import bench_rows, compare_models, score_models
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
VOID = {"meta", "img"}
PEOPLE = [
    {
        "campaign": "round_1",
        "people": 12,
        "clips": 1234,
        "votes": 4936,
        "adjudicated": 7,
        "krippendorff_alpha": 0.5151,
    }
]


def page_with(**changes):
    world = make_world()
    bench = world.bench_labels
    predicted = pd.DataFrame({"clip_id": bench["clip_id"], "predicted": "sad"})
    films = dict(zip(world.candidates["clip_id"], world.candidates["source_id"], strict=True))
    rows = [bench_rows(f"<model {k}>", "VAT", bench, films, predicted) for k in range(2)]
    predictions = pd.concat(rows, ignore_index=True)
    truth = pd.DataFrame({"clip_id": world.pool["clip_id"], "label": world.rounds[1]["label"]})
    names = ("text", "face", "vote")
    answers = pd.concat([rows[0].assign(voter=name) for name in names], ignore_index=True)
    answers = answers.assign(status="ok", cost_usd=0.0012, seconds=None)
    answers["seconds"] = answers["seconds"].astype(float)
    contents = PageContents(
        annotators="simulated",
        student="classical",
        seed=7,
        taxonomy=TAXONOMY,
        clip_ledger=world.clip_ledger,
        candidates=world.candidates,
        bench_labels=bench,
        labels=world.rounds[1],
        machine_votes=world.machine_votes,
        round_history=world.round_history,
        label_quality=measure_label_quality(dict(enumerate(world.rounds)), truth),
        loop_decisions=make_decisions(),
        bench_predictions=predictions,
        bench_scores=score_models(predictions, TAXONOMY),
        bench_versions=describe_versions(
            predictions, bench, {"<model 0>": ModelIdentity("<id>", "p-7")}
        ),
        bench_comparisons=compare_models(predictions, ("<model 0>", "VAT"), TAXONOMY, 1, 100),
        voter_scores=score_voters(answers, "vote", TAXONOMY, 1, 100),
        voter_pairs=compare_errors(answers, "vote", TAXONOMY),
        explanations=pd.DataFrame({"status": ["ok", "ok", "too_short"]}),
        confusion_matrix=b"png",
        per_class_plot=b"png",
        rounds_plot=b"png",
        quality_plot=b"png",
        footage_plot=b"png",
        voter_errors_plot=b"png",
        voter_recall_plot=b"png",
    )
    cross_fitted = changes.pop("cross_fitted", True)
    people = changes.pop("people", PEOPLE)
    return render_page(contents | changes, people, cross_fitted)


class Outline(HTMLParser):
    """Raises where tags do not close in order; keeps links, ids and pictures."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.pictures = [], [], [], []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.links += [attrs["href"]] if tag == "a" else []
        self.pictures += [attrs] if tag == "img" else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_else():
    page = page_with()
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    assert {link.removeprefix("#") for link in outline.links} <= set(outline.ids)
    assert all(picture["src"].startswith("data:image/png;base64,") for picture in outline.pictures)
    assert all(picture["alt"] for picture in outline.pictures)
    assert not re.search(r"(src|href)=\"(https?:)?//|@import|<script", page)


def test_the_page_has_the_versions_of_each_models_numbers():
    page = page_with()
    assert "&lt;id&gt;" in page and "<code>p-7</code>" in page
    assert f"<code>{parser_version()}</code>" in page
    assert "assume that clips are independent" not in page


def test_the_page_says_whether_a_clip_is_labelled_by_a_model_that_learnt_it():
    apart, together = page_with(), page_with(cross_fitted=False)
    assert "by a model that was not trained on its film" in apart
    assert "by a model that was not trained on its film" not in together
    assert "by the student that was trained on them" in together


def test_a_round_without_calibration_has_dashes_in_its_place():
    page = page_with()
    assert "<td>60</td><td>1.250</td><td>0.750</td><td>0.500</td>" in page
    assert "<td>0</td><td>–</td><td>–</td><td>–</td>" in page


def test_names_are_escaped():
    page = page_with()
    assert "&lt;model 0&gt;" in page
    assert "<model 0>" not in page


def test_simulated_annotators_are_named_so_and_people_are_not():
    assert "The annotators are simulated" in page_with()
    page = page_with(annotators="people")
    assert "simulated." not in page
    assert "The annotators are people" in page


def test_label_quality_is_left_out_where_no_truth_is_known():
    world = make_world()
    nothing = pd.DataFrame({"clip_id": [], "label": []}, dtype="str")
    quality = measure_label_quality(dict(enumerate(world.rounds)), nothing)
    page = page_with(label_quality=quality)
    assert "No truth is known" in page


def test_the_tables_are_there():
    page = page_with()
    for outcome in ("kept", "too short", "no face"):
        assert f'<th scope="row">{outcome}</th>' in page
    for label in TAXONOMY.labels:
        assert f'<th scope="row">{label}</th>' in page
    assert '<th scope="row">too short</th><td>1</td>' in page
    assert "–" in page  # changed labels of round 0 are not known


@pytest.mark.parametrize(
    ("stop", "judge", "says"),
    [
        ("plateau", "bench", "optimistic"),
        ("certified", "bench", "decided nothing"),
        ("certified", "validation", "It saw the bench once, at the end"),
    ],
)
def test_the_page_says_what_judged_the_students(stop, judge, says):
    history = make_world().round_history
    if judge == "validation":
        history = history.assign(judged_on=judge)
    page = page_with(round_history=history, loop_decisions=make_decisions().assign(stop=stop))
    limits = page[page.index('id="caveats"') :]
    assert says in limits and limits.count("optimistic") == (says == "optimistic")
    assert ("on the validation clips" in page) == (judge == "validation")


@pytest.mark.parametrize(
    ("value", "share", "count"), [(0.51246, "51.2", "0"), (None, "–", "–"), (1234, None, "1,234")]
)
def test_numbers_as_people_read_them(value, share, count):
    if share:
        assert percent(value) == share
    assert whole(value) == count


def test_the_voters_report_card_is_shown_with_what_it_cost():
    page = page_with()
    assert "text, face" in page and "0.00120" in page
    assert "Do voters make the same errors?" in page
    page = page_with(voter_pairs=pd.DataFrame())
    assert "Do voters make the same errors?" not in page


def test_the_votes_are_shown_with_agreement_people_and_adjudicated_clips():
    page = page_with()
    cells = "</td><td>".join(["12", "1,234", "4,936", "7", "0.515"])
    assert f'<th scope="row">round 1</th><td>{cells}</td>' in page
    unknown = page_with(people=[PEOPLE[0] | {"krippendorff_alpha": None}])
    assert "<td>7</td><td>–</td>" in unknown
    assert "adjudicated" not in page_with(people=[]).split('id="bench"')[0]


def test_an_abstention_is_not_an_unreadable_answer():
    scores = pd.DataFrame({"model": ["text", "student"], "n": [10, 10], "unreadable": [0.5, 0.2]})
    card = pd.DataFrame({"voter": ["text"], "status_abstained": [3]})
    rows = _part_abstentions(scores, card)
    assert [(row["abstained"], round(row["unreadable"], 6)) for row in rows] == [
        (0.3, 0.2),
        (0, 0.2),
    ]


def test_that_people_answered_blind_stands_there_only_if_it_is_known():
    page = page_with(annotators="people")
    assert "whether the annotators saw them elsewhere is not recorded" in page
    assert "They saw neither" not in page
