"""Use cases, verbs of the field: require, check, write, record, tell. They never commit."""
