"""The cards of a release, whose every number is computed from the files of the release."""
