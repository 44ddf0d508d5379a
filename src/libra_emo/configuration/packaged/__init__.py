"""The configuration of a packaged project, which runs where there is no checkout."""
