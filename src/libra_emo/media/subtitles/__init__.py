"""Subtitles: files, tracks, cues, and the words of each scene. Private to `libra_emo.media`."""
