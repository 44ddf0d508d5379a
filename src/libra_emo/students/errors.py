"""What can go wrong with a student."""

from __future__ import annotations

from libra_emo.errors import LibraEmoError


class StudentError(LibraEmoError):
    """A student cannot be built, trained, asked or loaded."""


class DryRun(StudentError):
    """Only a description of what a training would take was asked for; this is no failure."""

    exit_code = 0
