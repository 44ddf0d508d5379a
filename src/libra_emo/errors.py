"""The base of every error that a user can mend; each package adds its own kinds."""


class LibraEmoError(Exception):
    """Something that the user can mend; the message says what, where and how.

    Attributes:
        exit_code: The status with which a command that meets this error ends.
    """

    exit_code = 1
