from libra_emo.llm.replies.fields import find_fields


def test_fields_are_found_by_their_names() -> None:
    assert [f.text for f in find_fields("Reason: he cries. Label: sad")] == ["sad"]
    (field,) = find_fields("Emotion\n\nSad\n\nExplanation\n\nShe cries.")
    assert (field.text.strip(), field.explanation) == ("Sad", "She cries.")
    assert [f.text for f in find_fields("So the best label is sad")] == ["sad"]
    assert [f.text for f in find_fields("情绪标签：悲伤")] == ["悲伤"]


def test_rows_of_a_table_are_fields() -> None:
    table = "| label | explanation |\n|---|---|\n| sad | He cries. |"
    (field,) = find_fields(table)
    assert (field.text.strip(), field.explanation) == ("sad", "He cries.")


def test_doubt_before_a_name_takes_the_field_away() -> None:
    assert find_fields("I am not sure whether the answer is sad") == []
    assert find_fields("A second emotion: sad") == []


def test_a_sentence_about_the_emotion_is_weaker_than_an_answer() -> None:
    assert [f.strong for f in find_fields("The emotion is sad")] == [False]
    assert [f.strong for f in find_fields("The answer is sad")] == [True]
    assert [f.strong for f in find_fields("Emotion: sad")] == [True]
