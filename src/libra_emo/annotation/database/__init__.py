"""The database of people's votes: its tables, its engine, and the migration of older stores."""
