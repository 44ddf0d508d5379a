"""Errors of releases."""

from __future__ import annotations

from libra_emo.errors import LibraEmoError


class ReleaseError(LibraEmoError):
    """No release can be made of what there is, or a folder is not a release."""
