"""What can go wrong with a student."""

from __future__ import annotations

from libra_emo.common.integrity.checksums import DamagedFileError
from libra_emo.errors import LibraEmoError


class StudentError(LibraEmoError):
    """A student cannot be built, trained, asked or loaded."""


class DamagedStudentError(StudentError, DamagedFileError):
    """A file of a student is not as it was written."""


class EncodingError(StudentError):
    """A clip cannot be turned into a model's inputs; it costs itself alone."""


class DryRun(StudentError):
    """Only a description of what a training would take was asked for; this is no failure."""

    exit_code = 0
