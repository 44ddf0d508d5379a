import pytest
from hypothesis import given
from hypothesis import strategies as st

from libra_emo.explanations.options import ExplanationOptions
from libra_emo.explanations.reply_checks import ReplyChecker, fingerprint, other_emotions
from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.schemas import COUNTED_STATUSES, EXPLANATION_STATUSES
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
REQUEST = (
    "You describe what in the clip supports it: faces, gestures and posture. Say what is seen and "
    "heard that supports this. Speak of the clip only, in English."
)
PLAIN = "The brows are drawn together and the mouth is pressed into a thin line."


def check(reply, label="angry", subtitle="Get out", finish=None, modalities="VT", **more):
    writer = {"name": "w", "kind": "llm", "model": "openai/m", "modalities": modalities}
    options = ExplanationOptions.model_validate({"writer": writer, **more})
    labels = TAXONOMY.coarse_labels if more.get("label_set") == "coarse" else None
    lexicon = Lexicon(TAXONOMY, labels)
    return ReplyChecker(lexicon, options, lambda label: REQUEST).check_reply(
        reply, finish, label, subtitle
    )


def check_text(text, label="angry", **more):
    text = text.replace('"', '\\"')
    return check(f'{{"emotion": "{label}", "explanation": "{text}"}}', label, **more)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (PLAIN, "ok"),
        ("Her anger shows in a raised voice, and there is frustration in her anger.", "ok"),
        ("She is not sad: her brows are drawn together and her fists are closed.", "ok"),
        ("She shouts “I am so happy for you” while her fists are closed.", "misquoted"),
        ("She shouts “get out” while her fists are closed and her jaw is set.", "ok"),
        ("She gives a so-called “thumbs up” while her jaw is set, which is bitter.", "ok"),
        ("Fists.", "too_short"),
        (PLAIN * 9, "too_long"),
        (
            "Die Brauen sind zusammengezogen, und der Mund ist zu einer Linie gepresst.",
            "wrong_language",
        ),
        (
            "她的眉头紧锁，嘴唇抿成一条线，声音很大，手也握成了拳头，她盯着对方看了很久都没有说话，然后走了。",
            "wrong_language",
        ),
        ("The label fits, as the brows are drawn together and the jaw is set.", "mentions_request"),
        ("As an AI I see brows that are drawn together and a jaw that is set.", "mentions_request"),
        ("As requested, the brows are drawn together and the jaw is set.", "mentions_request"),
        ("I say what is seen and heard that supports this: closed fists.", "mentions_request"),
        (f"It is one of these: {', '.join(TAXONOMY.labels)}, and she is.", "mentions_request"),
        ("Her eyes are wet and her voice is low; the woman is deeply sad.", "other_label"),
        ("Anger is there at first. In the end what she shows is grief.", "other_label"),
    ],
)
def test_each_check_finds_its_fault(text, status):
    assert check_text(text).status == status


def test_quotations_are_not_checked_as_the_writers_words():
    quoted = "I am so happy, the label on this list is wrong"
    text = f"She spits out '{quoted}' while her fists are closed and her jaw is set."
    assert check_text(text, subtitle=quoted).status == "ok"


def test_what_was_heard_may_be_quoted_though_no_subtitle_contains_it():
    text = "She shouts “never come back to this house again” and her fists are closed."
    assert check_text(text).status == "misquoted"
    assert check_text(text, modalities="VAT").status == "ok"


def test_every_fault_is_reported():
    found = check_text("The label is sad.", modalities="V")
    assert [fault.check for fault in found.faults] == [
        "too_short",
        "mentions_request",
        "other_label",
    ]
    assert found.faults[1].found == "The label" and found.faults[2].found == "sad"


@pytest.mark.parametrize(
    ("reply", "finish", "status"),
    [
        (f'{{"emotion": "sad", "explanation": "{PLAIN}"}}', None, "wrong_emotion"),
        (f'{{"emotion": "angry, sad", "explanation": "{PLAIN}"}}', None, "ambiguous"),
        (f'{{"emotion": "bored", "explanation": "{PLAIN}"}}', None, "out_of_taxonomy"),
        (PLAIN, None, "out_of_form"),
        (f'{{"emotion": "angry", "explanation": "{PLAIN}', None, "truncated"),
        (f'{{"emotion": "angry", "explanation": "{PLAIN}', "length", "truncated"),
        ("I'm sorry, I can't describe people.", None, "refused"),
        ("", None, "empty"),
        ('{"emotion": "angry"}', None, "empty"),
        (None, "content_filter", "refused"),
        (f'```json\n{{"emotion": "Anger", "explanation": "{PLAIN}"}}\n```', None, "repaired"),
        (f'{{"emotion": "angry", "explanation": "“No”, "{PLAIN}" she."}}', None, "repaired"),
        (f"angry;{PLAIN}", None, "repaired"),
    ],
)
def test_a_reply_ends_in_one_status(reply, finish, status):
    assert check(reply, finish=finish, modalities="VA").status == status


def test_where_only_parents_are_labels_a_finer_word_stands_for_its_own():
    text = "She is so excited that she jumps up and claps her hands above her head."
    assert check_text(text, label="happy").status == "other_label"
    assert check_text(text, label="happy", label_set="coarse").status == "ok"


def test_chinese_texts_are_checked_as_such():
    text = "她眉头紧锁，声音很大，手握成了拳头，愤怒地盯着对方看了很久，一直都没有说出一句话来。"
    assert check_text(text, language="zh").status == "ok"
    assert check_text(f"根据标签，{text}", language="zh").status == "mentions_request"
    assert check_text(text.replace("愤怒", "悲伤"), language="zh").status == "other_label"


def test_texts_that_differ_by_quotations_and_signs_alone_are_one():
    assert fingerprint("He says “yes”, twice.") == fingerprint("he says “no” twice")
    assert fingerprint("He says “yes”.") != fingerprint("She says “yes”.")


@given(st.text(max_size=300), st.sampled_from([None, "stop", "length", "content_filter"]))
def test_no_reply_raises_and_each_has_a_status_of_the_closed_set(reply, finish):
    found = check(reply, finish=finish)
    assert found.status in EXPLANATION_STATUSES
    assert found.passed == (found.status in COUNTED_STATUSES) == (not found.faults)


@given(st.sampled_from(TAXONOMY.labels), st.sampled_from(TAXONOMY.labels))
def test_a_text_for_one_label_never_passes_for_another(named, label):
    plain = f"The woman is {named}, her brows and her mouth say so."
    assert (not other_emotions(plain, label, Lexicon(TAXONOMY))) == (named == label)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("I'm sorry, but I can't identify people or their emotions in these images.", "refused"),
        ("I’m unable to determine the emotion of the person in the provided video.", "refused"),
        (
            "No images were provided, so the emotion of nobody can be described here.",
            "refused",
        ),
        ("The video could not be loaded, please upload it again for a description.", "refused"),
        ("N/A", "empty"),
        ("none", "empty"),
    ],
)
def test_a_refusal_inside_the_json_is_no_text(text, status):
    found = check(f'{{"emotion": "angry", "explanation": "{text}"}}', modalities="VA")
    assert (found.status, found.passed) == (status, False)
    if status == "refused":
        assert check_text(text).status == "refused"
