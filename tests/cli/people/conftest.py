from support.annotation_project import filmed, project  # noqa: F401 - fixtures
