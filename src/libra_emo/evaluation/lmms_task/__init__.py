"""The bench as a task of lmms-eval, and answers in the form of its sample files."""
