import pytest

from libra_emo.llm.replies.objects import (
    TruncatedJsonError,
    is_label_key,
    mend_object,
    read_objects,
)


def test_every_object_of_a_text_is_found() -> None:
    assert read_objects('Here: {"Emotion": "sad"} Bye.') == [{"emotion": "sad"}]
    assert len(read_objects('{"a": 1}\n{"b": 2}')) == 2
    assert len(read_objects('[{"a": 1}, {"b": 2}]')) == 2
    assert read_objects('"emotion": "sad", "explanation": "x"') == [
        {"emotion": "sad", "explanation": "x"}
    ]
    assert read_objects("nothing") == []


def test_an_object_that_ends_within_itself_was_cut() -> None:
    with pytest.raises(TruncatedJsonError):
        read_objects('{"emotion": "sad", "expl')


def test_broken_objects_are_mended_where_both_fields_are_clear() -> None:
    mended = mend_object('{"emotion": "sad", "explanation": "He says "no" and cries."}')
    assert mended == {"emotion": "sad", "explanation": 'He says "no" and cries.'}
    assert mend_object("{emotion: sad, explanation: He cries.}") == {
        "emotion": "sad",
        "explanation": "He cries.",
    }
    assert mend_object("no object") is None


@pytest.mark.parametrize("key", ["emotion", "predicted_emotion", "final answer", "emotion_label"])
def test_keys_of_labels(key: str) -> None:
    assert is_label_key(key)
    assert not is_label_key(f"is_{key}") and not is_label_key("secondary_emotion")
