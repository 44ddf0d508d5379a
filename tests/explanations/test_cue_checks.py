import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.explanations.cue_checks import check_text, labels_named, mark_repeated
from libra_emo.explanations.cues import PHRASES_FILE, Phrases
from libra_emo.explanations.options import ExplanationOptions
from libra_emo.taxonomy import Emotion, Taxonomy, read_taxonomy

TAXONOMY = read_taxonomy()
PHRASES = Phrases()
OPTIONS = ExplanationOptions()
LOUDER = "the speech is clearly louder than in most clips"
QUIETER = "the speech is clearly quieter than in most clips"


def check(text, label="angry", subtitle="Get out of here", deviation=2.0, **measures):
    return check_text(
        text,
        label,
        {"subtitle": subtitle, **measures},
        {"voice_energy_mean_db": deviation},
        TAXONOMY,
        PHRASES,
        OPTIONS,
    )


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (f"Angry it is: {LOUDER}.", "ok"),
        ("Angry is what fits. The words spoken are “Get out of here”.", "ok"),
        (f"It is said angrily: {LOUDER}.", "label_missing"),
        (None, "empty"),
        ("  ", "empty"),
        ("Angry and loud.", "too_short"),
        (f"Angry it is: {LOUDER}." + " And so on." * 80, "too_long"),
        (f"Something is going on here: {LOUDER}.", "label_missing"),
        (f"Angry, or maybe sad, it is: {LOUDER}.", "other_label"),
        (f"Angry it is: {QUIETER}.", "contradiction"),
        ("Angry: the speech is somewhat louder than in most clips.", "contradiction"),
        ("Angry: the voice stays near what most clips have.", "contradiction"),
        ("Angry: the pitch is clearly higher than in most clips.", "contradiction"),
        ("Angry, and the subtitle asks a question about it.", "contradiction"),
        ("Angry: the words are “Come on in, my friend”.", "misquoted"),
        ("Angry: the words are “”, whatever they may mean.", "misquoted"),
        ("Angry it is, as anybody can see and hear at once.", "no_cue"),
    ],
)
def test_each_check_finds_its_fault(text, status):
    assert check(text) == status


def test_the_same_words_are_true_of_one_clip_and_false_of_another():
    text = f"Angry it is: {LOUDER}."
    assert check(text, deviation=2.0) == "ok"
    for deviation in (-2.0, 0.1, 3.0, 1.0, float("nan")):
        assert check(text, deviation=deviation) == "contradiction"


def test_a_mark_is_said_only_of_a_subtitle_that_has_it():
    text = "Angry, and the subtitle asks a question about it."
    assert check(text, text_questions=1.0) == "ok"
    assert check(text, text_questions=0.0) == "contradiction"


def test_another_label_inside_a_quote_is_what_was_said_and_no_claim():
    text = "Angry is what fits. The words spoken are “I am so happy for you”."
    assert check(text, subtitle="I am so happy for you") == "ok"


@given(st.sampled_from(TAXONOMY.labels), st.sampled_from(TAXONOMY.labels))
def test_a_text_for_one_label_never_passes_for_another(named, label):
    text = f"{named.capitalize()} is the word: {LOUDER}."
    assert (check(text, label) == "ok") == (named == label)


def test_labels_are_found_as_words_and_as_beginnings_of_words():
    assert labels_named("such sadness, and Anger", TAXONOMY) == {"sad"}
    assert labels_named("unhappy crusaders", TAXONOMY) == set()


def test_the_longer_of_two_labels_is_meant():
    emotions = [
        Emotion(label=label, type="neutral", coarse=label, definition="One of them.")
        for label in ("hope", "hopeless", "ill at ease", "悲伤")
    ]
    taxonomy = Taxonomy(emotions=tuple(emotions))
    assert labels_named("a hopeless look", taxonomy) == {"hopeless"}
    assert labels_named("hope, and ill at ease", taxonomy) == {"hope", "ill at ease"}
    assert labels_named("她很悲伤", taxonomy) == {"悲伤"}


def test_repeated_texts_are_marked_past_the_bound_only():
    texts = ["One text.", "one  text.", "One text.", "another", "another"]
    statuses = ["ok", "ok", "too_short", "ok", "ok"]
    assert mark_repeated(texts, statuses, 3) == statuses
    assert mark_repeated(texts, statuses, 2) == ["repeated", "repeated", "too_short", "ok", "ok"]


def test_claims_are_found_wherever_they_stand_and_however_they_are_written():
    phrases = Phrases()
    texts = []
    for column in phrases.columns:
        for deviation in (-3.0, -1.5, 0.5, 2.0):
            texts.append(phrases.statement(column, deviation).text)
    texts += [*phrases.present.values(), *phrases.usual.values()]
    for text in [*texts, " — ".join(texts), "İ " + " ".join(texts).upper(), "nothing at all"]:
        slow = [
            (claim.column, claim.direction, match.groupdict().get("degree") or "")
            for claim, pattern, _, _ in phrases._patterns
            for match in pattern.finditer(text)
        ]
        found = [(claim.column, claim.direction, claim.degree) for claim in phrases.claims(text)]
        assert found == slow


@given(
    pieces=st.lists(
        st.sampled_from(
            [LOUDER, QUIETER, *PHRASES.usual.values(), *PHRASES.present.values(), "It, maybe. So"]
        ),
        max_size=5,
    ),
    between=st.sampled_from([". ", ", ", " ", ".", ",", ", and "]),
    cut=st.integers(0, 200),
)
def test_claims_of_a_text_are_those_of_its_pieces(pieces, between, cut):
    text = between.join(pieces)
    text = text[:cut] + text[cut:].upper()
    whole = Phrases()
    whole.__dict__["_separators"] = []
    assert Phrases().claims(text) == whole.claims(text) == PHRASES.claims(text)


def test_phrases_that_hold_a_separator_are_not_split(tmp_path):
    text = PHRASES_FILE.read_text(encoding="utf-8").replace("asks a question", "asks, so. It asks")
    (tmp_path / "phrases.yml").write_text(text, encoding="utf-8")
    phrases = Phrases(tmp_path / "phrases.yml")
    assert len(phrases._separators) < len(PHRASES._separators) == 2
    assert phrases.claims("Angry, and the subtitle asks, so. It asks")
