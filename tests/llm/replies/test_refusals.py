import pytest

from libra_emo.llm.replies.refusals import is_placeholder, is_refusal

REFUSALS = [
    "I'm sorry, but I can't identify people in images.",
    "I’m afraid I can’t help with that.",
    "I'd be happy to help, but I don't see any video.",
    "My apologies, I am not able to view the clip.",
    "I fear I cannot assist you here.",
    "No images were provided.",
    "No video was attached to the message.",
    "The images have not been provided.",
    "The video could not be loaded.",
    "There are no pictures in your message.",
    "Unfortunately, I am unable to determine the emotion from this.",
    "It is not possible to tell how the person feels.",
    "It would not be appropriate to infer feelings.",
    "There is not enough information to decide.",
    "Please upload the clip.",
    "This is against my guidelines.",
    "抱歉，我无法识别人物的情绪。",
    "恐怕我无法判断。",
    "很高兴为您服务！请先上传视频。",
    "我没有看到任何图片。",
]
TEXTS = [
    "He cries and cannot speak.",
    "She says “I'm sorry, I can't help you” and turns away.",
    "She can't hide her tears, and her voice breaks.",
    "No one answers him, so he shouts and slams the door.",
    "I see brows that are drawn together and a jaw that is set.",
    "His friend offers no help, and he looks at the picture with tears.",
    "她无法相信眼前的一切，眼泪流了下来。",
    "他不能接受这个结果，大声喊叫。",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_refusals_are_seen(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize("text", TEXTS)
def test_explanations_are_none(text: str) -> None:
    assert not is_refusal(text)


@pytest.mark.parametrize("text", ["N/A", "n/a.", "None", "null", "-", "", "无", "not applicable"])
def test_placeholders_are_seen(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["None of them speaks, all stare.", "无声地流泪。", "He cries."])
def test_texts_are_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)
