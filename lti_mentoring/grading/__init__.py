"""Engagement and completion, from evidence to the gradebook."""
