"""Runs the migrations on the connection, and inside the transaction, that the caller opened."""

from alembic import context

from libra_emo.annotation.database.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=False,  # the caller's transaction covers everything
)
context.run_migrations()
