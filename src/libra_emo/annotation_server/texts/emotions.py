"""The emotions as pages show them: names, definitions, keys, and how neighbours are told apart."""

from __future__ import annotations

from typing import Any, Final

from libra_emo.taxonomy import Emotion, Taxonomy, read_label_data

KEYS: Final = "1234567890qwertyuiop"
CONTRASTS: Final = "contrasts"


def describe_emotions(taxonomy: Taxonomy, language: str) -> list[dict[str, Any]]:
    """Return the emotions as a page shows them: name, type, definition and key."""
    translated = read_label_data(CONTRASTS)["definitions"] if language == "zh" else {}
    return [
        {
            "label": emotion.label,
            "name": name_emotion(emotion, language),
            "type": emotion.type,
            "definition": translated.get(emotion.label, emotion.definition),
            # a label that the project's own data do not know is described in English alone
            "language": "zh-Hans" if emotion.label in translated else "en",
            "key": KEYS[number] if number < len(KEYS) else "",
        }
        for number, emotion in enumerate(taxonomy.emotions)
    ]


def name_emotion(emotion: Emotion, language: str) -> str:
    """Return the name of an emotion; on Chinese pages both its names."""
    chinese = emotion.chinese if language == "zh" else None
    return f"{chinese} {emotion.label}" if chinese else emotion.label


def contrast_cards(taxonomy: Taxonomy, language: str) -> list[dict[str, Any]]:
    """Return a card for each pair of neighbours: both emotions, and how they are told apart.

    The text of a pair for which there is none is empty; the two definitions then stand alone.
    """
    known = {frozenset(card["labels"]): card for card in read_label_data(CONTRASTS)["contrasts"]}
    emotions = {each["label"]: each for each in describe_emotions(taxonomy, language)}
    cards: dict[frozenset[str], dict[str, Any]] = {}
    for emotion in taxonomy.emotions:
        for neighbour in emotion.neighbours:
            pair = frozenset((emotion.label, neighbour))
            shown = [emotions[emotion.label], emotions[neighbour]]
            text = known.get(pair, {}).get(language, "")
            cards.setdefault(pair, {"emotions": shown, "text": text})
    return list(cards.values())
