"""Whose emotion a clip's label is, where it shows several people: for people and models alike."""

from __future__ import annotations

from typing import Literal

PersonMeant = Literal["largest_face", "speaker", "anybody"]
DEFAULT_PERSON: PersonMeant = "largest_face"
