"""Publication: a release that others can load, cite and check; not part of `__default__`."""

from libra_emo.pipelines.publication.pipeline import create_pipeline

__all__ = ["create_pipeline"]
