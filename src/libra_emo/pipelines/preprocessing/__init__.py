"""From films to clips: scenes, subtitles, faces, clip files, shards and features."""

from libra_emo.pipelines.preprocessing.pipeline import create_pipeline

__all__ = ["create_pipeline"]
