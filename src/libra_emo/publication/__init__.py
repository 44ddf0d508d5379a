"""The way out: a release that others can load, cite and check, made of what a finished run wrote."""
