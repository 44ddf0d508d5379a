"""Prints how often each rule of the reply reader applies to a file of real free-text answers.

    python benchmarks/replies.py FILE.csv

The file has a column `text` and one column for each class of people's labels, 1 for the label given
(as the answers of Qwen2.5-VL-3B to AFEW's film clips do). They are read twice: as a voter reads
them, and with `read_prose`, which also takes a label that stands out in prose.
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
    for prose in (False, True):
        print(f"`read_prose: {str(prose).lower()}`\n")
        print(_table(list(answers["text"]), truth, ReplyReader(lexicon, prose=prose)))


def _table(texts: list[str], truth: list[str | None], reader: ReplyReader) -> str:
    """Return the table of one way to read, and what share it reads and reads right."""
    replies = [reader.read(text) for text in texts]
    right = [
        reply.label is not None and reply.label == label
        for reply, label in zip(replies, truth, strict=True)
    ]
    read = sum(reply.label is not None for reply in replies)
    shares = f"read: {read} of {len(texts)} ({read / len(texts):.1%}), right: {sum(right)}"
    shares += f" ({sum(right) / read:.1%} of those read)" if read else ""
    return f"{to_markdown(count_rules(zip(texts, replies, strict=True), right))}\n{shares}\n"


if __name__ == "__main__":
    main(sys.argv[1])
