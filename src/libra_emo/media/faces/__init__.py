"""Faces in frames: detection, landmarks, geometry."""
