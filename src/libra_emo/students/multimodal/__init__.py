"""The multimodal student: a vision-language model that is fine-tuned to answer with a label."""
