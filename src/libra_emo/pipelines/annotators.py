"""The inputs that every node has which asks annotators."""

# as `libra_emo.annotation.collection.ask_annotators` takes them
ASKING = {
    "annotators": "params:annotators",
    "annotation_store": "annotation_store",
    "sample_truth": "sample_truth",
    "candidates": "candidates",
    "taxonomy": "taxonomy",
    "annotation": "params:annotation",
    "seed": "params:seed",
}
