"""Transport of questions: calls through litellm, here or in other processes, and what they bring."""
