"""Answers that are no pages."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response


def json_file(document: Mapping[str, Any], name: str) -> Response:
    """The document as a file that the browser keeps; moments in ISO 8601."""
    text = json.dumps(document, default=str, ensure_ascii=False, indent=2)
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
