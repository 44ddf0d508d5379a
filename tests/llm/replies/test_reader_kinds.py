"""Replies of the kinds that were read as a wrong vote, with what a careful reader takes."""

import json

import pytest
from support.shared_files import cases_file

from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import ReplyReader
from libra_emo.taxonomy import read_taxonomy

LEXICON = Lexicon(read_taxonomy())
MOST_LOST = 8
KINDS = {
    "prose_and_refusals": [
        ("I'm delighted to assist, but no clip came through.", None),
        ("Happy to help! Could you share the video?", None),
        ("I'd be glad to look at it once you upload the frames.", None),
        ("I am afraid the images did not load.", None),
        ("It's unclear whether he is angry or not.", None),
        ("It is unclear if the person is sad", None),
        ("I’m afraid I can’t help with that.", None),
        ("Hate speech is against my guidelines.", None),
        ("I would be thrilled to help.", None),
        ("Sadly, I can't access the video.", None),
        ("Surprisingly, no image is attached.", None),
        ("很高兴见到你，请上传图片。", None),
        ("未见愤怒", None),
        ("看不出生气", None),
        ("没有恐惧的迹象", None),
        ("她并不悲伤", None),
        ("激动人心的音乐", None),
        ("无明显愤怒", None),
        ("不生气；他在笑。", None),
        ("不太高兴；她低头。", None),
        ("并非悲伤；她在演戏。", None),
    ],
    "thinking": [
        ("<think>He could be angry", None),
        ("[THINK]angry?[/THINK]sad;He cries.", "sad"),
        ("[THINK]angry? He shouts", None),
        ("<thought>happy</thought>\nsad;He cries.", "sad"),
        (
            "<|channel|>analysis<|message|>He is angry<|end|><|start|>assistant<|channel|>final"
            "<|message|>sad;He cries.<|return|>",
            "sad",
        ),
        ("<|channel|>analysis<|message|>angry;He", None),
        ("analysisThe man is angry maybe.assistantfinalsad;He cries.", "sad"),
        ("◁think▷angry", None),
        ("<seed:think>angry</seed:think>sad;x cries", "sad"),
        ("<thinking>angry;x</thinking>sad;He cries", "sad"),
        ("happy?</thought>sad;He cries", "sad"),
        ("angry;no</thinking>\nsad;He cries", "sad"),
        ("&lt;think&gt;angry&lt;/think&gt;sad;He cries", "sad"),
        ("<THINK>angry</THINK>\n\nsad", "sad"),
        ("<|begin_of_thought|>angry<|end_of_thought|>sad;He cries", "sad"),
        ("<think>\n</think>sad;He cries", "sad"),
        ("angry;He shouts.<think>hmm", None),
        ("```thinking\nangry\n```\nsad;He cries.", "sad"),
    ],
    "scores": [
        ("sad 0.8, angry 0.2", None),
        ("Sadness: 0.7\nAnger: 0.2", "sad"),
        ("sad: 50%, angry: 50%", None),
        ("Happy: ✗\nSad: ✓", "sad"),
        ("Happy: false, sad: true", "sad"),
        ("sad: no", None),
        ("happy: 0", None),
        ('[{"label":"angry","score":0.1},{"label":"sad","score":0.9}]', "sad"),
        ('{"sad": "yes", "angry": "no"}', "sad"),
        ("happy (0.1), sad (0.9)", "sad"),
        ("anger = 3/10; sadness = 8/10", "sad"),
        ("Happy: No\nSad: No\nAngry: No", None),
        ("Emotion scores:\nAngry: 10%\nSad: 85%", "sad"),
    ],
    "several": [
        ("Happy turning to sad.", None),
        ("Angry, then sad.", None),
        ("angry;He shouts. Wait, sad.", None),
        ("Both sad and angry.", None),
        ("sad or angry;x", None),
        ("Sad (woman), happy (man)", None),
        ("The woman is sad. The man is angry.", None),
        ("Woman: sad\nMan: angry", None),
        ("Emotion: sad\nEmotion: angry", None),
        ("Answer: sad\nor angry", None),
        ("Surprised. No, fearful.", None),
        ("sad;angry", None),
        ("Happy? Sad?", None),
        ("1. sad\n2. angry", None),
        ("sad | angry", None),
        ("Label: sad/angry", None),
        ("Excited! Or maybe happy.", None),
        ("Happy -> sad", None),
        ("Fear to anger;It changes.", None),
        ("Primary emotion: sad. Secondary emotion: angry.", None),
    ],
    "final": [
        ("He smiles though he could be sad. Answer: happy", "happy"),
        ("Thus, the final label is angry.", "angry"),
        ("**Final Answer:** \\boxed{sad}", "sad"),
        ("The emotion is sadness.", "sad"),
        ("The emotion is not sad. Happy.", "happy"),
        ("Let me think. He is angry at first.\n\nSad", "sad"),
        ("I looked at it.\n\n**Sad**", "sad"),
        ("The best label would be sad.", "sad"),
        ("I'm not sure the answer is sad.", None),
        ("If the answer is sad, he cries.", None),
        ("The person may be angry or sad.\nneutral", "neutral"),
        ("Their faces show joy. Fear.", "fearful"),
    ],
    "negation": [
        ("not happy;x", None),
        ("hardly sad;x", None),
        ("non-angry;x", None),
        ("anything but angry", None),
        ("no anger;x", None),
        ("un-happy", None),
        ("not at all sad;x", None),
        ("He isn’t sad but angry.", "angry"),
        ("less happy;He frowns", None),
    ],
    "words": [
        ("very angry;He shouts", "angry"),
        ("a bit sad;She", "sad"),
        ("sad-ish;x", None),
        ("saddened;He cries", None),
        ("Emotion: happiness 😊; she laughs", "happy"),
        ("sad (sorrow);x cries", "sad"),
        ("angry?;He shouts", None),
        ("possibly sad;x", None),
        ("neutral/calm;x", None),
        ("cannot_tell;The face is hidden", None),
        ("cannot tell;x", None),
        ("unclear;sad?", None),
    ],
    "json": [
        ('{"emotion":"cannot_tell","explanation":"x"}', None),
        ('{"emotion":"sad","confidence":0.9}', "sad"),
        ('{"emotions":["sad","angry"]}', None),
        ('{"label":"sad","emotion":"angry"}', None),
        ('{"emotion":"I cannot tell","explanation":"sad"}', None),
        ('```json\n{"emotion":"sad",\n"explanation":"He cries",}\n```', "sad"),
        ('{"result":{"emotion":"sad","explanation":"He cries"}}', "sad"),
        (
            '{"emotion":"sad","explanation":"I\'m sorry, but I can\'t identify people in images."}',
            None,
        ),
        ('{"emotion":"sad","explanation":"No images were provided."}', None),
        ('{"emotion": "sad"', None),
        ('{"is_sad": true}', None),
        ('{"person_1":"sad","person_2":"angry"}', None),
        ('<answer>{"emotion":"sad","explanation":"x y"}</answer>', "sad"),
        ('{"explanation":"He cries","emotion":"sad"}', "sad"),
        ('{"emotion": "sad", "secondary_emotion": "angry"}', "sad"),
        ('{"answer":"I am happy to help"}', None),
    ],
    "end": [
        ("The man shouts at the happy dog. Angry.", "angry"),
        ("他在哭，非常难过。", None),
        ("Reason: she laughs, so not sad.\nAnswer: Happy.", "happy"),
        ("Tears.\nsad.", "sad"),
    ],
}


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        pytest.param(*case, id=f"{kind}-{number}")
        for kind, cases in KINDS.items()
        for number, case in enumerate(cases)
    ],
)
def test_each_kind_is_read_as_a_careful_reader_does(raw: str, label: str | None) -> None:
    assert ReplyReader(LEXICON).read(raw).label == label


def test_of_the_replies_written_by_hand_none_is_wrong_and_few_are_lost() -> None:
    lines = cases_file("replies.jsonl").read_text(encoding="utf-8").split("\n")
    wrong, lost, other = [], [], []
    for case in (json.loads(line) for line in lines if line.strip()):
        reader = ReplyReader(LEXICON, case.get("form", "semicolon"))
        found = reader.read(case["reply"], case.get("finish"))
        if found.label != case["want"]:
            (lost if found.label is None else wrong).append(case["reply"])
        elif case.get("status", found.status) != found.status:
            other.append((case["reply"], found.status))
    assert wrong == [] and other == []
    assert len(lost) <= MOST_LOST, lost
