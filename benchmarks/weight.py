"""What a first visit to each page weighs on the wire: the page, styles, scripts, icons.

    python -m benchmarks.weight

The product is served by gunicorn; a coordinator, a mentor, a mentee and a learner without a mentor
each walk from their first page along its links. Pages that differ only in numbers are one page, and
the heaviest counts. Heads of answers count too. Everybody walks twice: with a client that reads
gzip only, as browsers do without TLS, and with one that reads Brotli only. Both are held to the
bound.
"""

import re
from collections import deque
from urllib.parse import urljoin, urlsplit

import lxml.html

from benchmarks.browser import Answer, Browser, unpacked
from benchmarks.measuring import bounded, free_port, report
from benchmarks.world import (
    NO_LMS,
    add_platform,
    add_program_with_rows,
    fresh_database,
    fresh_folder,
    serve_product,
    sign_in,
)
from lti_mentoring.core.db import Database
from lti_mentoring.web import identity

BOUND = 60_000  # bytes
ROWS = 50
MOST_PAGES = 200  # of one reader
PARTS = (
    "//link[contains(@rel, 'stylesheet') or contains(@rel, 'icon')]/@href",
    "//script/@src",
    "//img/@src",
    "//*[local-name()='use']/@href",
)
IN_STYLES = re.compile(rb"url\(['\"]?(?!data:)([^'\")]+)")


class Visitor:
    """One reader with one kind of compression; remembers what parts weigh."""

    def __init__(self, browser: Browser, key: str) -> None:
        self.browser = browser
        self.home = f"/in/{key}/"
        self.pages: dict[str, tuple[int, int]] = {}
        self.failed: set[str] = set()
        self._parts: dict[str, Answer] = {}

    def walk(self) -> None:
        """Open every page that links lead to, once for each shape of address."""
        waiting, known = deque([self.home]), {""}
        while waiting and len(known) <= MOST_PAGES:
            path = waiting.popleft()
            answer = self.browser.get(path)
            if answer.status in {302, 303}:
                found = [answer.headers.get("location", "")]
            else:
                found = self._open(path, answer)
            for address in found:
                target = urlsplit(urljoin(path, address)).path
                shape = _shape(target.removeprefix(self.home))
                if target.startswith(self.home) and shape not in known:
                    known.add(shape)
                    waiting.append(target)

    def _open(self, path: str, answer: Answer) -> list[str]:
        """Weigh a page; the addresses that it links to."""
        name = _shape(path.removeprefix(self.home)) or "(first page)"
        if answer.status >= 400:
            self.failed.add(f"{name} {answer.status}")
            return []
        if not answer.headers.get("content-type", "").startswith("text/html"):
            return []
        page = lxml.html.fromstring(unpacked(answer).decode())
        weight = answer.wire_bytes + self._weigh_parts(path, page)
        if weight > self.pages.get(name, (0, 0))[0]:
            self.pages[name] = (weight, answer.wire_bytes)
        return [str(link) for link in page.xpath("//a/@href")]

    def _weigh_parts(self, path: str, page: lxml.html.HtmlElement) -> int:
        named = {str(part) for rule in PARTS for part in page.xpath(rule)}
        addresses = {urljoin(path, part) for part in named if not part.startswith("data:")}
        waiting, weighed, total = list(addresses), set(), 0
        while waiting:
            address = waiting.pop().partition("#")[0]
            if address in weighed:
                continue
            weighed.add(address)
            part = self._part(address)
            total += part.wire_bytes
            if part.headers.get("content-type", "").startswith("text/css"):
                inside = IN_STYLES.findall(unpacked(part))
                waiting += [urljoin(address, found.decode()) for found in inside]
        return total

    def _part(self, address: str) -> Answer:
        if address not in self._parts:
            self._parts[address] = self.browser.get(address)
            if self._parts[address].status != 200:
                self.failed.add(f"{address} {self._parts[address].status}")
        return self._parts[address]


def main() -> None:
    with bounded() as stack:
        folder = stack.enter_context(fresh_folder())
        database = stack.enter_context(fresh_database(folder))
        with database.transaction() as db:
            course = add_program_with_rows(db, add_platform(db, NO_LMS), ROWS)
        product = stack.enter_context(serve_product(database, free_port()))
        weighed = {
            encoding: {
                reader: _visit(database, product.port, membership_id, encoding)
                for reader, membership_id in course.readers.items()
            }
            for encoding in ("gzip", "br")
        }
    gzip, brotli = (_heaviest(visitors) for visitors in weighed.values())
    failed = sorted({each for v in weighed.values() for one in v.values() for each in one.failed})
    report(
        "weight",
        {
            "bytes of the heaviest first visit, gzip": (max(_weights(gzip), default=None), BOUND),
            "the same, Brotli": (max(_weights(brotli), default=None), BOUND),
            "pages and parts that fail": (len(failed), 0),
        },
        failed=failed,
        pages_bytes_and_html={name: gzip[name] for name in sorted(gzip)},
    )


def _visit(database: Database, port: int, membership_id: int, encoding: str) -> Visitor:
    made = sign_in(database, membership_id)
    cookies = {identity.COOKIE + made.key: made.token}
    visitor = Visitor(Browser(port, cookies, encoding), made.key)
    visitor.walk()
    return visitor


def _heaviest(visitors: dict[str, Visitor]) -> dict[str, tuple[int, int]]:
    """Bytes in all and of the HTML alone, by "reader page"."""
    return {
        f"{reader} {name}": weights
        for reader, visitor in visitors.items()
        for name, weights in visitor.pages.items()
    }


def _weights(pages: dict[str, tuple[int, int]]) -> list[int]:
    return [weights[0] for weights in pages.values()]


def _shape(path: str) -> str:
    """An address with its numbers taken out."""
    return re.sub(r"\d+", "N", path)


if __name__ == "__main__":
    main()
