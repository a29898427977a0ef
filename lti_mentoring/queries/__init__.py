"""Reads: one function per page or report, always scoped to the actor's course. No writes."""
