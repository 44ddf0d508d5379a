"""Collection: films from a list of addresses; not part of `__default__`."""

from libra_emo.pipelines.collection.pipeline import create_pipeline

__all__ = ["create_pipeline"]
