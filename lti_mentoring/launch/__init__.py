"""What the LMS asks of the tool: LTI 1.3 logins and launches. Only here is pylti1p3 known."""
