"""The features of a clip: measures of its words, its face and its voice."""

from __future__ import annotations

import re

from libra_emo.media.faces.detection import FaceFinder
from libra_emo.media.faces.geometry import face_features
from libra_emo.media.options import FeatureOptions
from libra_emo.media.shards import ClipData
from libra_emo.media.voice.prosody import voice_features

_LATIN_WORD = re.compile(r"[^\W\d_㐀-鿿]+(?:['’-][^\W\d_㐀-鿿]+)*|\d+")
_CHINESE = re.compile(r"[㐀-鿿]")
_EXCLAMATION = re.compile(r"[!！]")
_QUESTION = re.compile(r"[?？]")
_ELLIPSIS = re.compile(r"…+|\.{3,}|。{2,}")
_LAUGH = re.compile(r"\b(?:ha[ -]?(?:ha)+|he[ -]?(?:he)+|lol)\b|[哈呵嘿嘻]{2,}", re.IGNORECASE)
_SIGH = re.compile(r"\b(?:sighs?|phew|ugh)\b|唉|哎", re.IGNORECASE)
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
CHINESE_CHARACTERS_PER_WORD = 1.5


def extract_features(clip: ClipData, subtitle: str, options: FeatureOptions) -> dict[str, float]:
    """Return the `text_*`, `face_*` and `voice_*` features of one clip.

    A measure of a face or voice that the clip does not have is NaN; no clip raises an error.

    Args:
        clip: Pictures and sound of the clip.
        subtitle: Words of the clip. They are counted in the same way in every language, since
            Chinese characters are recognised as such.
        options: How the clip is measured.
    """
    return {
        **text_features(subtitle, clip.duration_s),
        **face_features(clip.frames, clip.times_s, FaceFinder(), options.detect_every_frames),
        **voice_features(
            clip.audio,
            clip.sample_rate,
            options.min_pitch_hz,
            options.max_pitch_hz,
            options.active_range_db,
        ),
    }


def text_features(subtitle: str, seconds: float) -> dict[str, float]:
    """Return the `text_*` features: plain counts of a subtitle.

    One and a half Chinese characters count as a word.

    Args:
        subtitle: Words of the clip.
        seconds: Length of the clip; rates are NaN where it is 0.
    """
    latin = _LATIN_WORD.findall(subtitle)
    chinese = len(_CHINESE.findall(subtitle))
    words = len(latin) + chinese / CHINESE_CHARACTERS_PER_WORD
    letters = [letter for letter in subtitle if letter.isalpha() and letter.isascii()]
    capitals = sum(1 for word in latin if len(word) > 1 and word.isupper())
    return {
        "text_words": float(words),
        "text_words_per_s": words / seconds if seconds > 0 else float("nan"),
        "text_word_length": len(letters) / len(latin) if latin else 0.0,
        "text_exclamations": float(len(_EXCLAMATION.findall(subtitle))),
        "text_questions": float(len(_QUESTION.findall(subtitle))),
        "text_ellipses": float(len(_ELLIPSIS.findall(subtitle))),
        "text_laughs": float(len(_LAUGH.findall(subtitle))),
        "text_sighs": float(len(_SIGH.findall(subtitle))),
        "text_capital_words": float(capitals),
        "text_stretched_words": float(len(_STRETCHED.findall(subtitle))),
    }
