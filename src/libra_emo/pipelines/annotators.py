"""The inputs of every node that asks annotators."""

# See `libra_emo.annotation.collection.ask_annotators`.
ANNOTATOR_INPUTS = {
    "annotators": "params:annotators",
    "annotation_store": "annotation_store",
    "sample_truth": "sample_truth",
    "candidates": "candidates",
    "taxonomy": "taxonomy",
    "annotation": "params:annotation",
    "seed": "params:seed",
}
