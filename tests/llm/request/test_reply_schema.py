from libra_emo.llm.request.reply_schema import build_response_format


def test_the_enum_has_the_labels_and_an_answer_for_none() -> None:
    form = build_response_format(["sad", "angry"], "cannot_tell")
    schema = form["json_schema"]["schema"]
    assert form["type"] == "json_schema" and form["json_schema"]["strict"]
    assert schema["properties"]["emotion"]["enum"] == ["sad", "angry", "cannot_tell"]
    assert schema["required"] == ["emotion", "explanation"]
    assert schema["additionalProperties"] is False
