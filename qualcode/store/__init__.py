"""All SQL lives here: SQLite through SQLAlchemy Core.

`database.Database` opens a project's file and gives connections; `corpus`, `codings`, `codebooks`, `themes`,
`versions`, `sketches` and `events` are functions over a connection; `frames` gives tidy pandas frames. What is written
is never changed: decisions are appended, and every act leaves a numbered, hash-chained event.
"""
