"""Counts the lines that silence the linter. ``dev.py check`` prints it; a test wants reasons."""

import re

from tests.architecture.source import ROOT, Source, sources

SILENCED = re.compile(r"#\s*noqa\b", re.IGNORECASE)
WITH_REASON = re.compile(r"#\s*noqa: [A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)*\s*[-–:#(]*\s*\w+[^\n]{8,}")


def silenced_lines() -> list[tuple[Source, int, str]]:
    """Every comment that silences the linter."""
    return [
        (source, line, comment)
        for source in sources(ROOT)
        for line, comment in source.comments()
        if SILENCED.search(comment)
    ]


def without_reason() -> list[str]:
    """Those of them that lack a code or a reason."""
    return [
        f"{source.name}:{line}: {comment}"
        for source, line, comment in silenced_lines()
        if not WITH_REASON.search(comment)
    ]


if __name__ == "__main__":
    print(f"{len(silenced_lines())} lines silence the linter (aim: under ten)")
