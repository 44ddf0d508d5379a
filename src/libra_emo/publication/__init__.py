"""The way out: a release that others can load, cite and check, made of a finished run."""
