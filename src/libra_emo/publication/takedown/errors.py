"""Errors of takedowns."""

from __future__ import annotations

from libra_emo.publication.errors import ReleaseError


class TakedownError(ReleaseError):
    """Nothing was changed: what was named is not known, or cannot be removed everywhere."""
