"""Background work. The engine rings; the tables are the truth."""
