"""The kinds of files: how each is searched, and written without what names a film."""
