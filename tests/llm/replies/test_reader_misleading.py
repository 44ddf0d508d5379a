"""Replies made to mislead the rules for choices, contrasts, boxes, glosses and other languages."""

import pytest

from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import ReplyReader
from libra_emo.taxonomy import read_taxonomy

READER = ReplyReader(Lexicon(read_taxonomy()))
LOST = [
    ("Emotion: neutral\nConfidence: low\nAlternative: sad", "neutral"),
    ("emotion;explanation\nsad;She cries.", "sad"),
    ("| label | sad |\n|---|---|\n| explanation | She cries. |", "sad"),
    ("I'd pick sad over angry.", "sad"),
]
"""Replies whose label is not read; none of them is read as another."""
CASES = [
    ("Sad (mainly), angry (a little)", None),
    ("Happy (at first), then sad (later)", None),
    ("I'd say happy people don't cry like that.", None),
    ("I would say angry, but I can't see the face.", None),
    ("I would choose sad if she cried.", None),
    ("I can't choose between sad and angry.", None),
    ("I will go with neutral; he speaks calmly.", "neutral"),
    ("If I had to choose I'd pick fearful.", "fearful"),
    ("I choose not to label: sad or angry are both possible.", None),
    ("She isn't sad, she's angry.", "angry"),
    ("She isn't sad, says her friend, who is happy", None),
    ("He isn't angry, and neither is she. Happy?", None),
    ("He is not sad; he is not angry; he is not happy", None),
    ("I don't see anger here, but fear", "fearful"),
    ("No anger, no fear: neutral;He reads.", "neutral"),
    ("no sadness; the man only reads", None),
    ("not angry;She laughs, happy", None),
    ("[x] happy [x] sad", None),
    ("[ ] happy [ ] sad", None),
    ("✅ sad ❌ angry", "sad"),
    ("✗ sad\n✗ happy\n✗ angry", None),
    ("sad → angry", None),
    ("anger -> shouting; fear -> trembling", None),
    ("Emotion: sad → angry", None),
    ("neutral (not happy)", "neutral"),
    ("happy (sarcastic)", None),
    ("happy (0.3), sad (0.3)", None),
    ("sad (low confidence)", None),
    ("angry (10%)", None),
    ("sad; possibly angry", None),
    ("sad; not angry at all", "sad"),
    ("sad; not only because of the music, her eyes are wet", "sad"),
    ("sad; not", None),
    ("~~sad~~", None),
    ("~~sad~~ ~~angry~~ neutral", "neutral"),
    ("[angry] He shouts at [happy] people.", "angry"),
    ("[sad] [angry]", None),
    ("【悲伤】【愤怒】", None),
    ("【无】她很平静。", None),
    ("angry（气愤）；他吼叫。", "angry"),
    ("angry（不）", None),
    ('{"emotions": ["sad", "angry"]}', None),
    ('{"labels": ["excited","happy","amazed"], "emotion": "happy", "explanation": "x y"}', "happy"),
    ('{"emotions": {"sad": 0.9, "angry": 0.05}}', "sad"),
    ('{"emotions": [{"label":"sad","score":0.9},{"label":"angry","score":0.1}]}', "sad"),
    ("Impossible to tell the emotion; sad maybe", None),
    ("Cannot tell;The clip is too dark to see whether she is sad.", None),
    ("Não consigo ver o vídeo. neutral", None),
    ("Es tut mir leid, ich kann das Video nicht sehen;sad", None),
    ("Leider;sad", None),
    ("sad;Unfortunately he lost his dog.", "sad"),
    ("sad;No image of joy is left on her face, she weeps.", "sad"),
    ("sad;Sorry is all that she whispers, again and again.", None),
    ("Emotion 1: sad\nEmotion 2: angry", None),
    ("First choice: angry. Second choice: sad.", None),
    ("angry>sad>neutral", None),
    ("label;sad;She cries.", "sad"),
    ("label;sad", "sad"),
    ("| emotion | present |\n|---|---|\n| sad | no |\n| angry | yes |", "angry"),
    ("As the people are happy, the answer is: happy. As the others are sad: sad.", None),
    ("The answer is not sad.", None),
    ("My answer isn't angry, it's fearful.", "fearful"),
    ("他不是生气，是害怕。", "fearful"),
    ("不是生气，也不是害怕。", None),
    ("既不生气也不害怕，中性", "neutral"),
    ("她没有哭，她在笑，快乐", "happy"),
    ("你要我判断是快乐还是悲伤", None),
    ("选择：快乐还是悲伤？", None),
    ("情绪→悲伤", "sad"),
    ("悲伤→快乐", None),
    ("“sad”", "sad"),
    ("The word 'angry' is in the subtitle;neutral", "neutral"),
    ('"Are you angry?" - sad', "sad"),
    ("It is neither. It's neutral", None),
    ("I say angry, you say happy", None),
    ("I answer questions about happy videos only.", None),
    ("I label it as sad. No, angry.", None),
    ("I'd go with angry or frustrated.", None),
    ("We choose sad.", None),
    ("<del>angry</del> ironic;He smirks.", "ironic"),
    ("surprised/amazed;jaw drops", None),
    ("HAPPY\nHAPPY\nHAPPY", "happy"),
    ("happy;happy", "happy"),
    ("Frustrated (primary)", "frustrated"),
    ("1) Neutral", "neutral"),
    ("Option 9: angry", "angry"),
    ("(h) neutral", None),
    ("angry\u200b;He yells.", "angry"),
    ("“I am not sad” ; angry", "angry"),
]


@pytest.mark.parametrize(("reply", "want"), CASES)
def test_a_misleading_reply_gets_no_other_label(reply: str, want: str | None) -> None:
    assert READER.read(reply).label == want


def test_what_is_lost_is_not_read_as_another() -> None:
    assert [READER.read(reply).label for reply, _ in LOST] == [None] * len(LOST)
