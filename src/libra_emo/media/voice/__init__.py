"""The voice: pitch and prosody."""
