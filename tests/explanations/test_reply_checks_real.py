"""The checks on what a real model wrote about real clips, with people's labels beside it."""

import pandas as pd
from support.shared_files import shared_file

from libra_emo.explanations.reply_checks import other_emotions
from libra_emo.explanations.text_language import is_in_language, request_phrases, without_quotations
from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import ReplyReader
from libra_emo.taxonomy import read_taxonomy

FILE = "labels/mllm_text_afew/qwen2.5-vl-3b_dev_prompt2.csv"
TAXONOMY = read_taxonomy()
PEOPLE = {
    "Neutral": "neutral", "Anger": "angry", "Disgust": "disgusted", "Fear": "fearful",
    "Happiness": "happy", "Sadness": "sad", "Surprise": "surprised",
}  # fmt: skip


def test_real_texts_pass_for_their_own_emotion_and_not_for_another():
    table = pd.read_csv(shared_file(FILE))
    lexicon = Lexicon(TAXONOMY, TAXONOMY.coarse_labels)
    reader = ReplyReader(lexicon, prose=True)
    plain = [without_quotations(str(text)) for text in table["text"]]
    people = table[list(PEOPLE)].idxmax(axis=1).map(PEOPLE)
    read = [reader.read(str(text)).label for text in table["text"]]
    stopped = [bool(other_emotions(t, p, lexicon)) for t, p in zip(plain, people, strict=True)]
    alike = [s for s, r, p in zip(stopped, read, people, strict=True) if r == p]
    other = [s for s, r, p in zip(stopped, read, people, strict=True) if r and r != p]
    assert (len(table), len(alike), len(other)) == (411, 94, 194)
    assert sum(alike) <= 1 and sum(other) == 194
    assert all(is_in_language("en", text) for text in plain)
    assert sum(bool(request_phrases("en").search(text)) for text in plain) <= 2
