"""Static files: compressed for those who read it, and asked for once."""

import gzip
import re

import pytest

SHEET = "/static/mentoring.css"


@pytest.fixture
def stamped(app):
    """The sheet's address as a page names it."""
    page = app.test_client().get("/nowhere").text
    return re.findall(rf"{SHEET}\?v=\w+", page)[0]


def test_a_browser_keeps_a_stamped_file_for_ever(app, stamped):
    answer = app.test_client().get(stamped)

    assert answer.status_code == 200
    assert answer.mimetype == "text/css"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_another_stamp_is_not_kept(app):
    answer = app.test_client().get(f"{SHEET}?v=0000000000")

    assert answer.headers["Cache-Control"] == "no-cache"


def test_who_reads_gzip_only_gets_it_compressed(app, stamped):
    plain = app.test_client().get(stamped).data

    answer = app.test_client().get(stamped, headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert gzip.decompress(answer.data) == plain
    assert len(answer.data) < len(plain) / 2


def test_who_reads_brotli_only_gets_it_compressed(app, stamped):
    answer = app.test_client().get(stamped, headers={"Accept-Encoding": "br"})

    assert answer.headers["Content-Encoding"] == "br"


def test_a_file_that_has_not_changed_is_not_sent_again(app):
    client = app.test_client()
    first = client.get(SHEET, headers={"Accept-Encoding": "gzip"})

    again = client.get(
        SHEET, headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    )

    assert again.status_code == 304
    assert not again.data


@pytest.mark.parametrize("path", ["nothing.css", "vendor", "..%2fapp.py", "../app.py"])
def test_nothing_but_static_files_is_given_out(app, path):
    assert app.test_client().get(f"/static/{path}").status_code == 404
