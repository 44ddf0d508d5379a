import pytest

from libra_emo.annotation.campaigns import Campaign, CampaignError, PeopleNeeded


def test_answers_are_the_labels_and_other(taxonomy, bench):
    assert bench.answers == (*taxonomy.labels, taxonomy.other)


def test_adjudication_asks_one_person_for_the_same_answers(bench):
    adjudication = bench.adjudication
    assert adjudication.name == "bench.adjudication"
    assert (adjudication.annotators_per_clip, adjudication.threshold) == (1, 1)
    assert adjudication.answers == bench.answers
    assert adjudication.is_adjudication and not bench.is_adjudication


def test_an_adjudication_has_none_of_its_own(bench):
    with pytest.raises(CampaignError, match="adjudication already"):
        _ = bench.adjudication.adjudication


@pytest.mark.parametrize(
    ("name", "annotators", "threshold", "words"),
    [
        ("bench", 4, 5, "threshold 5 is above its 4 annotators"),
        ("bench", 4, 0, "at least 1"),
        (" ", 4, 2, "needs a name"),
    ],
)
def test_a_campaign_that_could_decide_nothing_is_refused(
    taxonomy, name, annotators, threshold, words
):
    with pytest.raises(CampaignError, match=words):
        Campaign.of(name, taxonomy, annotators, threshold)


def test_threshold_may_equal_the_number_of_annotators(taxonomy):
    assert Campaign.of("all", taxonomy, 4, 4).threshold == 4


def test_people_needed_ends_a_command_with_status_3():
    assert PeopleNeeded("wait", campaign="bench", waiting=1, asked=2).exit_code == 3


def test_a_mixed_campaign_is_named_after_the_one_in_whose_queue_it_comes():
    bench = Campaign("bench", 8, 4, ("sad", "happy"), "other")
    gold, audit = bench.mixed("gold", 0.1), bench.mixed("audit")
    assert (gold.name, gold.mixed_into, gold.asks_everybody) == ("bench.gold", "bench", True)
    assert (audit.annotators_per_clip, audit.threshold, audit.asks_everybody) == (8, 4, False)
    assert bench.mixed_into is None
    with pytest.raises(CampaignError, match="takes no repeat"):
        gold.mixed("repeat")
    with pytest.raises(CampaignError, match="no kind"):
        Campaign("bench", 1, 1, ("sad",), "other", kind="quiz")
