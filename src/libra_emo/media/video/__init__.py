"""Video as data: streams, frames, scenes, sound. Private to `libra_emo.media`."""
