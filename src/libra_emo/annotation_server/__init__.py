"""The annotation server: people label clips in a browser, blind, and no vote is lost."""
