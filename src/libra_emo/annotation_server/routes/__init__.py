"""The routes of the server: pages, and the interface that the pages' scripts use."""
