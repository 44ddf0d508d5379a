"""The connection to MLflow: its server, its store, and where artifacts lie."""
