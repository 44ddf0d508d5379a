"""Errors of the collection."""

from __future__ import annotations

from libra_emo.errors import LibraEmoError


class CollectionError(LibraEmoError):
    """No films can be collected at all: the list or a package is missing, the disk is full."""


class FetchError(LibraEmoError):
    """One film cannot be read or fetched; the message says why, in one line."""
