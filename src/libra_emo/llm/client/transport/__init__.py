"""Transport of questions: calls through litellm, in this process or in others, and what they bring."""
