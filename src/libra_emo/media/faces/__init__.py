"""Faces in frames: detection, landmarks, geometry. Private to `libra_emo.media`."""
