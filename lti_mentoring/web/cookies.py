"""The one kind of cookie that the tool sets: of this host alone, and partitioned for frames."""

from flask import Response


def put(response: Response, name: str, value: str, max_age: int) -> None:
    """Give the browser a secret of ours for ``max_age`` seconds; 0 takes it back.

    Args:
        response: that carries it.
        name: begins with ``__Host-``.
        value: letters, digits, ``-`` and ``_`` only. Werkzeug's own function spends a tenth of
            a launch on quoting, dates and domains, of which this has none.
        max_age: in seconds.
    """
    kept = f"{name}={value}; Max-Age={max_age}; Path=/"
    response.headers.add("Set-Cookie", f"{kept}; Secure; HttpOnly; SameSite=None; Partitioned")
