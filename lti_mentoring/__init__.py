"""A mentoring program inside the LMS, opened from a course over LTI 1.3 Advantage."""

__version__ = "0.1.0"
