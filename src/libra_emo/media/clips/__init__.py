"""Clips: cutting them out of films, and their features. Private to `libra_emo.media`."""
