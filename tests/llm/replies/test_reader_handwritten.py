"""Replies written by hand, and the label that a careful reader takes, judged beforehand."""

import pytest

from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import ReplyReader
from libra_emo.taxonomy import read_taxonomy

READER = ReplyReader(Lexicon(read_taxonomy()))
LOST = [
    ("surprised? Her brows go up, but I could be wrong.", "surprised"),
    ("happy is wrong, sad is right", "sad"),
    (";sad", "sad"),
]
"""Replies whose label is not read; none of them is read as another."""
CASES = {
    "english": [
        ("Having weighed both, I would go with fearful.", "fearful"),
        ("frustrated — he slams the drawer twice and mutters.", "frustrated"),
        ("ANSWER:\n\nDISGUSTED\n\nBECAUSE she pushes the plate away.", "disgusted"),
        ("Emotion → hateful; she spits the words out", "hateful"),
        ("Sarcastically; he claps very slowly.", "ironic"),
        ("It might be sad, it might be despairful; without sound I can't say.", None),
        ("The actor plays an angry man, but the label depends on context.", None),
        ("Between happy and excited I choose excited;She jumps on the sofa.", "excited"),
        ("I would label this clip as amazed.", "amazed"),
        ("Nobody's angry. Everybody's calm.", None),
        ("He'd be furious if he knew.", None),
        ("Thank you for the clip. I'm excited to help you label it!", None),
        ("Please note that neutral is the default when no video is given.", None),
        ("Sad.\nAngry would be wrong here, since nobody raises a voice.", "sad"),
        ("Label = neutral (confidence 0.62)", "neutral"),
    ],
    "apostrophes_and_denials": [
        ("He isn’t happy;he bares his teeth.", None),
        ("That’s not disgust, it’s fear.", "fearful"),
        ("She’s no longer afraid.", None),
        ("It wasn’t surprise but awe.", "amazed"),
        ("not neutral but ironic;He raises one brow.", "ironic"),
        ("Not sadness, not despair: frustration.", "frustrated"),
        ("Don’t read this as hatred.", None),
        ("There’s nothing happy about this scene.", None),
        ("Neither fear nor anger; just neutral.", "neutral"),
    ],
    "thinking": [
        ("<think>\nThe voice cracks. Sad? Or despairful?\n", None),
        ("<|think|>angry? no<|/think|>ironic;He smirks.", "ironic"),
        ("Let me think step by step. The woman laughs, so maybe happy", None),
        ("<reasoning>first happy, then</reasoning>\n\nfearful;She backs away.", "fearful"),
        ("**Thinking:** he smiles, so happy?\n**Answer:** ironic;He mocks her.", "ironic"),
        ("<think>sad;He cries.</think>", None),
        ("<think>ok</think><think>angry or", None),
        (
            '[THINK]amazed or surprised[/THINK]\n{"emotion": "amazed", "explanation": "x y"}',
            "amazed",
        ),
        ("<analysis>could be neutral</analysis>disgusted;He gags.", "disgusted"),
    ],
    "json": [
        (
            '{"emotion": "neutral", "explanation": "I’m sorry, but I can’t see any people."}',
            None,
        ),
        (
            '{"emotion": "fearful", "explanation": "Unable to determine from the frames."}',
            None,
        ),
        ('{"emotion": "cannot_tell", "explanation": "She looks sad to me, though."}', None),
        ('```json\n{\n  "label": "EXCITED",\n  "explanation": "They cheer."\n}\n```', "excited"),
        ('{"emotion": "angry or frustrated", "explanation": "He shouts."}', None),
        (
            '{"emotion":"hateful","confidence":0.9,"others":["angry"],"reason":"x y"}',
            "hateful",
        ),
        ('{"primary_emotion":"sad","secondary_emotion":"angry","explanation":"x y z"}', "sad"),
        ('{"result": {"emotion": "ironic", "explanation": "He mocks."}}', "ironic"),
        ('{"emotion": "😢 sad", "explanation": "Tears."}', "sad"),
        (
            'Here you go:\n{"emotion": "despairful", "explanation": "She sinks."}\nNot angry.',
            "despairful",
        ),
        ('{"emotion": "other", "explanation": "He is bored, not sad."}', None),
        ('{"emotion": "happy", "explanation": "很抱歉，我无法看到视频内容。"}', None),
        ('{"emotion": ["sad", "angry"], "explanation": "Both of them cry and shout."}', None),
        ('{"emotions": ["frustrated"], "explanation": "He sighs."}', "frustrated"),
        ('{"status":"error","message":"image is not valid, sad"}', None),
    ],
    "scores": [
        ("happy 1/5, angry 4/5, sad 2/5", None),
        ("| emotion | score |\n|---|---|\n| sad | 0.2 |\n| angry | 0.7 |", "angry"),
        ("Fear – 15 %\nSurprise – 70 %\nNeutral – 15 %", "surprised"),
        ("[ ] happy\n[x] sad\n[ ] angry", "sad"),
        ("☐ happy ☑ fearful ☐ sad", "fearful"),
        ("anger: none; fear: strong; joy: none", "fearful"),
        ("sad: 0.4\nangry: 0.4\nneutral: 0.2", None),
        ("1. angry (60%)\n2. frustrated (30%)\n3. sad (10%)", "angry"),
        ("happy=False; sad=False; neutral=True", "neutral"),
        ("愤怒：80%；悲伤：20%", "angry"),
        ("高兴：无，恐惧：有，悲伤：无", "fearful"),
    ],
    "lists": [
        ("angry | frustrated | hateful", None),
        ("Possible labels: sad, despairful, neutral", None),
        ("sad\nHe cries.\n\nfearful\nHe trembles.", None),
        ("Speaker A is happy; speaker B is sad.", None),
        ("The first woman looks amazed. The second one looks disgusted.", None),
        ("angry;frustrated;hateful", None),
    ],
    "markdown": [
        ("## Emotion: **Disgusted**\n\n- wrinkled nose\n- raised lip", "disgusted"),
        ("```\nfearful;She hides behind the door.\n```", "fearful"),
        ("```text\nLabel: amazed\nExplanation: her jaw drops\n```", "amazed"),
        ("> **sad** – *tears run down*", "sad"),
        ("~~happy~~ sad;She wipes her eyes.", "sad"),
        ("***ironic***", "ironic"),
        ("<b>angry</b>;<i>He yells.</i>", "angry"),
    ],
    "emoji_and_width": [
        ("😡 angry; He bangs on the table.", "angry"),
        ("😢", None),
        ("Happy 😀😀😀", "happy"),
        ("ａｎｇｒｙ；Ｈｅ ｙｅｌｌｓ．", "angry"),
        ("【恐惧】她往后退。", "fearful"),
        ("「难过」", "sad"),
        ("愤怒：他拍桌子。", "angry"),
        ("情绪：中性。说明：他在平静地说话。", "neutral"),
        ("答案：厌恶（disgusted）", "disgusted"),
    ],
    "chinese": [
        ("他看起来并不生气。", None),
        ("不是悲伤，而是绝望。", "despairful"),
        ("抱歉，作为语言模型我看不了视频。", None),
        ("请提供视频，我很乐意帮忙。", None),
        ("画面一片漆黑，无法分辨她是否害怕。", None),
        ("她的表情很复杂，既有惊讶也有恐惧。", None),
        ("标签：失望；他叹气。", None),
        ("我选择：激动", "excited"),
        ("情绪为恐惧，因为她发抖。", "fearful"),
        ("别生气；他只是开玩笑。", None),
        ("没有人高兴", None),
        ("如果他生气，他会拍桌子。", None),
        ("综合来看，人物的情绪是沮丧。", "frustrated"),
        ("最终答案：**讽刺**", "ironic"),
        ("惊喜", None),
    ],
    "other_languages": [
        ("wütend;Er schreit.", None),
        ("triste;Elle pleure.", None),
        ("Neutral;El hombre habla con calma.", "neutral"),
        ("Je suis désolé, je ne peux pas voir la vidéo.", None),
        ("Lo siento, no puedo identificar emociones (sad, angry).", None),
        ("怒り;彼は叫んでいる。", None),
        ("angry（怒り）", "angry"),
        ("Die Antwort lautet: angry", "angry"),
        ("грустный;Он плачет.", None),
        ("Désolé, mais aucune image n'a été fournie. neutral", None),
    ],
    "quotes": [
        ('neutral;He says "I am so angry" in a flat voice.', "neutral"),
        ('She says "I hate you", but laughs.', None),
        ("ironic;'How happy I am,' he says and rolls his eyes.", "ironic"),
        ('The subtitle is "Don\'t be sad". neutral', "neutral"),
        ('He reads the word "angry" from a card.', None),
        ('"I\'m so happy for you" -> ironic', "ironic"),
        ("The line “I fear nothing” is spoken with a grin.", None),
        ("sad;She whispers: “I'm sorry, I can't help you.”", "sad"),
    ],
    "forms": [
        ("[excited];[They hug and jump.]", "excited"),
        ("label: [fearful]\nexplanation: [She hides.]", "fearful"),
        ("<fearful>;<She hides.>", "fearful"),
        ("Surprised; N/A", "surprised"),
        ("hateful;", "hateful"),
        ("emotion;sad;He cries.", "sad"),
        ("sad; or maybe not, I cannot see the face", None),
        ("fearfull;She hides.", None),
        ("sadd", None),
        ("Angry!!!", "angry"),
        ("angry...", "angry"),
        ("(angry)", "angry"),
        ("hopeless;She gives up.", "despairful"),
        ("The best fitting label: excited.", "excited"),
        ("I'd say happy.", "happy"),
    ],
}
PAIRS = [
    pytest.param(*case, id=f"{kind}-{n}")
    for kind, some in CASES.items()
    for n, case in enumerate(some)
]


@pytest.mark.parametrize(("reply", "want"), PAIRS)
def test_a_reply_gets_the_label_of_a_careful_reader(reply: str, want: str | None) -> None:
    assert READER.read(reply).label == want


def test_few_labels_are_lost_and_none_is_wrong() -> None:
    assert [READER.read(reply).label for reply, _ in LOST] == [None] * len(LOST)
    assert len(LOST) <= 0.04 * len([*PAIRS, *LOST])
