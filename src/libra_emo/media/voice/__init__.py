"""The voice: pitch and prosody. Private to `libra_emo.media`."""
