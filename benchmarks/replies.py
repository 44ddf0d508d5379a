"""Prints how often each rule of the reply reader applies to a file of real free-text answers.

    python benchmarks/replies.py FILE.csv

The file has a column `text` and one column for each class of people's labels, 1 for the label given
(as the answers of Qwen2.5-VL-3B to AFEW's film clips do). The answers are prose, so none has the
expected form; what matters is that an unclear answer gets no label.
"""

from __future__ import annotations

import sys

import pandas as pd

from libra_emo.llm.replies.lexicon import Lexicon
from libra_emo.llm.replies.reader import ReplyReader
from libra_emo.llm.replies.rule_table import count_rules, to_markdown
from libra_emo.taxonomy import read_taxonomy


def main(path: str) -> None:
    """Print the tables of one file."""
    taxonomy = read_taxonomy()
    answers = pd.read_csv(path)
    classes = answers.select_dtypes("number")
    lexicon = Lexicon(taxonomy, taxonomy.coarse_labels)
    truth = [getattr(lexicon.find(name), "label", None) for name in classes.idxmax(axis=1)]
    replies = [ReplyReader(lexicon).read(text) for text in answers["text"]]
    right = [
        reply.label is not None and reply.label == t
        for reply, t in zip(replies, truth, strict=True)
    ]
    print(to_markdown(count_rules(zip(answers["text"], replies, strict=True), right)))
    by_status = pd.Series([reply.status for reply in replies]).value_counts()
    print("\n".join(f"{status}: {count}" for status, count in by_status.items()))


if __name__ == "__main__":
    main(sys.argv[1])
