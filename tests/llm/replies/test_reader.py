import pytest

from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import ReplyReader
from libra_emo.taxonomy import read_taxonomy

TAXONOMY = read_taxonomy()
READER = ReplyReader(Lexicon(TAXONOMY))
COARSE = ReplyReader(Lexicon(TAXONOMY, TAXONOMY.coarse_labels))


def test_the_form_to_the_letter_is_ok() -> None:
    reply = READER.read("sad;He lowers his head and his voice breaks; he cries.")
    assert (reply.status, reply.label, reply.rules) == ("ok", "sad", ())
    assert reply.explanation == "He lowers his head and his voice breaks; he cries."


@pytest.mark.parametrize(
    ("raw", "label", "rule"),
    [
        ("Sad; He cries.", "sad", "case"),
        ("  SAD  ;He cries.", "sad", "spaces"),
        ("[sad];[He cries.]", "sad", "brackets"),
        ("【sad】；He cries.", "sad", "brackets"),
        ('"sad";He cries.', "sad", "quotes"),
        ("“sad”;He cries.", "sad", "quotes"),
        ("**sad**;He cries.", "sad", "markdown"),
        ("```\nsad;He cries.\n```", "sad", "markdown"),
        ("### sad;He cries.", "sad", "markdown"),
        ("label: sad;He cries.", "sad", "prefix"),
        ("The emotion is sad;He cries.", "sad", "prefix"),
        ("情绪：悲伤；He cries.", "sad", "chinese_name"),
        ("悲伤;He cries.", "sad", "chinese_name"),
        ("sorrow;He cries.", "sad", "synonym"),
        ("难过；He cries.", "sad", "synonym"),
        ("sad: He cries.", "sad", "separator"),
        ("sad\nHe cries.", "sad", "separator"),
        ("sad - He cries.", "sad", "separator"),
        ("Emotion: sad\nExplanation: He cries.", "sad", "prefix"),
        ("**Label:** sad\n**Explanation:** He cries.", "sad", "prefix"),
        ("I looked at every picture.\nsad;He cries.", "sad", "own_line"),
        ("<think>happy? no, sad.</think>sad;He cries.", "sad", "thinking"),
        ('{"emotion": "sad", "explanation": "He cries."}', "sad", "json"),
        ('```json\n{"label": "Sad", "reason": "He cries."}\n```', "sad", "json"),
        ("{'emotion': 'sad', 'explanation': 'He cries.'}", "sad", "json"),
        ('Here it is: {"emotion": ["sad"], "explanation": "He cries."}', "sad", "json"),
        ("ｓａｄ;He cries.", "sad", "width"),
        ("\ufeffsad;He cries.", "sad", "invisible"),
    ],
)
def test_what_can_be_repaired(raw: str, label: str, rule: str) -> None:
    reply = READER.read(raw)
    assert (reply.status, reply.label) == ("repaired", label)
    assert rule in reply.rules
    assert reply.explanation == "He cries."


@pytest.mark.parametrize("raw", ["sad", "Sad.", "label: sad", "sad;", "The answer is: sad"])
def test_a_label_alone_counts_without_explanation(raw: str) -> None:
    reply = READER.read(raw)
    assert (reply.status, reply.label, reply.explanation) == ("repaired", "sad", None)
    assert {"bare_label", "no_explanation"} & set(reply.rules)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("sad/angry;Both.", "ambiguous"),
        ("sad, angry;Both.", "ambiguous"),
        ("sad and angry", "ambiguous"),
        ("sad, but also angry;Both.", "ambiguous"),
        ("sad;angry;Both.", "ambiguous"),
        ("sad;First.\nangry;Second.", "ambiguous"),
        ("Either sad;x or not.\nsad;x\nangry;y", "ambiguous"),
        ('{"emotion": ["sad", "angry"], "explanation": "Both."}', "ambiguous"),
        ("Her face shows fear, then grief and anger.", "out_of_form"),
        ("bored;He yawns.", "out_of_taxonomy"),
        ("other;Nothing fits.", "out_of_taxonomy"),
        ('{"emotion": "bored", "explanation": "He yawns."}', "out_of_taxonomy"),
        ("A man walks down a street.", "out_of_form"),
        ("There is no sign of anger.", "out_of_form"),
        ("not sad;He only looks down.", "out_of_taxonomy"),
        ("I'm sorry, but I can't help with that.", "refused"),
        ("I am unable to tell how real people feel.", "refused"),
        ("抱歉，我无法回答这个问题。", "refused"),
        ("", "empty"),
        (" \n ", "empty"),
        (";;", "empty"),
        ("```\n```", "empty"),
        ("<think>sad?</think>", "empty"),
        ('{"emotion": "sa', "truncated"),
    ],
)
def test_what_has_no_label(raw: str, status: str) -> None:
    reply = READER.read(raw)
    assert (reply.status, reply.label) == (status, None)


def test_the_providers_word_comes_first() -> None:
    assert READER.read("sad;He cr", "length").status == "truncated"
    assert READER.read("sad;He cries.", "content_filter").status == "refused"
    assert READER.read(None).status == "empty"
    assert READER.read("sad;He cries.", "stop").status == "ok"


@pytest.mark.parametrize(
    ("raw", "label", "rule"),
    [
        ("The woman cries, and everything about her speaks of grief.", "sad", "only_mention"),
        ("There is no anger or fear, but she is clearly sad.", "sad", "denied_others"),
        (
            "He starts surprised and then frowns. The overall mood is one of anger.",
            "angry",
            "verdict",
        ),
        ('He shouts "I am so happy to see you" and is plainly furious.', "angry", "only_mention"),
    ],
)
def test_a_label_that_stands_out_in_prose(raw: str, label: str, rule: str) -> None:
    reply = ReplyReader(READER.lexicon, prose=True).read(raw)
    assert (reply.status, reply.label) == ("repaired", label)
    assert rule in reply.rules
    assert READER.read(raw).status == "out_of_form"


def test_finer_labels_stand_for_their_parent_where_only_parents_are_permitted() -> None:
    reply = COARSE.read("despairful;She gives up.")
    assert (reply.label, reply.rules) == ("sad", ("parent",))
    assert COARSE.read("绝望；She gives up.").rules == ("chinese_name", "parent")
    assert COARSE.read("sad;She cries.").status == "ok"


def test_the_other_forms() -> None:
    as_json = ReplyReader(READER.lexicon, "json")
    assert as_json.read('{"emotion": "sad", "explanation": "He cries."}').status == "ok"
    assert as_json.read('{"Emotion": "Sad", "explanation": "He cries."}').rules == ("case",)
    assert as_json.read("sad;He cries.").status == "repaired"
    lines = ReplyReader(READER.lexicon, "lines")
    assert lines.read("sad\nHe cries.").status == "ok"
    assert lines.read("Sad\nHe cries.").rules == ("case",)
