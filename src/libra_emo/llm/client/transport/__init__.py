"""Transport of questions: calls through litellm, here or elsewhere, and what they bring."""
