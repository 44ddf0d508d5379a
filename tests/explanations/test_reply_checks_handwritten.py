"""Texts written by hand: explanations of sadness, and what models write in place of one."""

import json

import pytest

from libra_emo.explanations.options import ExplanationOptions
from libra_emo.explanations.reply_checks import ReplyChecker
from libra_emo.llm.replies.lexicon import CHINESE, Lexicon
from libra_emo.taxonomy import read_taxonomy

LEXICON = Lexicon(read_taxonomy())
WRITER = {"name": "w", "kind": "llm", "model": "openai/m", "modalities": "V"}
NO_TEXTS = [
    "I can’t see anybody in these pictures, so I cannot explain the emotion.",
    "As an AI, I am not able to recognise feelings of real people.",
    "The frames were not included in your request, so nothing can be said.",
    "No visual content is available to support this label.",
    "Explanation not available.",
    "-",
    "See above.",
    "The label is given.",
    "Unable to provide an explanation, since the video could not be loaded.",
    "Without access to the clip, it is impossible to describe its content.",
    "Sure! Please send me the clip and I will describe it right away.",
    "This request goes against the usage policies, which forbid inferring emotions.",
    "There is insufficient visual evidence in the frames to say why.",
    "The image is completely black and nothing can be recognised in it.",
    "Je suis désolé, mais je ne peux pas identifier les émotions de cette personne.",
    "无法从提供的画面中判断人物的情绪。",
    "抱歉，我看不到您所说的视频片段。",
    "{explanation}",
    "Lorem ipsum",
    "I'd rather not speculate about the inner state of the person shown.",
    "Sorry, the uploaded file seems to be corrupted.",
    "The subject's face is not visible, so the emotion cannot be determined.",
    "I have no way to view videos; please describe the scene in words.",
    "This clip contains no discernible people whom I could describe.",
    "My training does not allow me to judge people's feelings from pictures.",
    "We are unable to process this content at the moment.",
    "Error: image decoding failed.",
    "Lo siento, pero no puedo ayudar con esa solicitud.",
    "Leider kann ich die Bilder nicht ansehen.",
    "申し訳ありませんが、この動画を確認することはできません。",
    "对不起，我不能协助满足该请求。",
    "该视频内容无法访问，请重新上传。",
    "暂无说明。",
]
TEXTS = [
    "Her lips tremble and she cannot look at him; tears run down her cheeks.",
    "He says that he can't help it, and his voice breaks on the last word.",
    "Unable to speak, she presses a handkerchief against her eyes.",
    "She lowers her head while the others leave, and no one provides any comfort.",
    "“I'm sorry, I can't do this,” he whispers with wet eyes and sinking shoulders.",
    "The picture frame in her hands is empty, and she strokes it while she weeps.",
    "He cannot identify with his old friends any more; his gaze drops, his voice is flat.",
    "She looks at the photo, is not able to hold back tears, and turns to the wall.",
    "There is no image of her son left; she searches the drawer with trembling hands and cries.",
    "Her apology comes too late: he turns away, and his shoulders shake.",
    "他低下头，无法直视对方，声音哽咽，眼里含着泪水。",
    "She cannot tell him the truth; her mouth quivers and her eyes fill with tears.",
    "The content of the letter makes him sit down slowly; his face falls and he sobs.",
    "His voice shakes when he says he can't provide for his family any more.",
    "She has lost access to her children, and her face crumples while she reads.",
    "He is unable to look up; nothing in his face moves but the tears.",
    "With no answer from her, he lets the phone sink and stares at the floor.",
    "The video call ends, the screen goes black, and she covers her face and sobs.",
    "Unfortunately the letter brings bad news: his jaw drops, then his eyes fill with tears.",
    "他说“对不起，我不能陪你了”，声音颤抖，眼泪流下来。",
    "她没有看到孩子的照片，低头抽泣，双手捂着脸。",
    "Not being able to help, the father bends over the bed and weeps.",
    "She begs: please provide for my son, with a breaking voice and wet cheeks.",
]


def passes(text: str) -> bool:
    chinese = bool(CHINESE.search(text))
    given = {"language": "zh" if chinese else "en", "min_characters": 10 if chinese else 20}
    options = ExplanationOptions.model_validate({**given, "writer": WRITER})
    checker = ReplyChecker(LEXICON, options, lambda label: "")
    reply = json.dumps({"emotion": "sad", "explanation": text})
    return checker.check_reply(reply, "stop", "sad", "").passed


@pytest.mark.parametrize("text", NO_TEXTS)
def test_what_explains_nothing_is_no_training_text(text: str) -> None:
    assert not passes(text)


@pytest.mark.parametrize("text", TEXTS)
def test_an_explanation_passes(text: str) -> None:
    assert passes(text)
