"""Video as data: streams, frames, scenes, sound."""
