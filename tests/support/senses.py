"""People who use neither mouse nor screen: a keyboard, and what a screen reader would say."""

import re

from playwright.sync_api import BrowserContext, Page

FARTHEST = 150  # presses of a key; nobody walks longer

# The name of what has the focus, and whether one can see that it has: what an LMS's page shows.
FOCUSED = """() => {
  const it = document.activeElement;
  const label = it.labels && it.labels.length ? it.labels[0].innerText : "";
  const style = getComputedStyle(it);
  const around = it.labels && it.labels.length ? getComputedStyle(it.labels[0]) : style;
  const hasOutline = (s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0;
  const shows = (s) => hasOutline(s) || s.boxShadow !== "none";
  const name = it.getAttribute("aria-label") || label || it.innerText || "";
  return {
    name: name.replace(/\\s+/g, " ").trim(),
    kind: it.tagName.toLowerCase(),
    isSeen: shows(style) || shows(around),
  };
}"""

# Live regions speak of what changes in them once they are there; an alert also when it appears,
# and whatever gets the focus.
LISTEN = """(() => {
  window.told = [];
  const words = (element) => element.innerText.replace(/\\s+/g, " ").trim();
  const tell = (element) => {
    const said = words(element);
    if (said) window.told.push(said);
  };
  const changes = { childList: true, characterData: true, subtree: true };
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[role=alert]").forEach(tell);
    document.querySelectorAll("[role=status], [aria-live]").forEach((region) => {
      new MutationObserver(() => tell(region)).observe(region, changes);
    });
  });
})();"""


class Keyboard:
    """Somebody who only presses keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: list[str] = []

    def goes_to(self, name: str, key: str = "Tab") -> "Keyboard":
        """Press ``key`` until what is named like this (or begins so, with "…") has the focus."""
        rest = ".*" if name.endswith("…") else ""
        wanted = re.compile(f"{re.escape(name.removesuffix('…'))}{rest}")
        passed = []
        for _ in range(FARTHEST):
            self.page.keyboard.press(key)
            now = self.page.evaluate(FOCUSED)
            if now["kind"] != "body" and not now["isSeen"]:
                self.unseen.append(f"{now['name']} on {self.page.url}")
            if wanted.fullmatch(now["name"]):
                return self
            passed.append(now["name"])
        raise AssertionError(f"{key} does not lead to {name!r}, but to {passed}")

    def presses(self, key: str) -> "Keyboard":
        """Press one key on what has the focus."""
        self.page.keyboard.press(key)
        return self

    def opens(self, name: str) -> "Keyboard":
        """Go to a link or button and press Enter; the next page is there then."""
        self.goes_to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self

    def types(self, text: str) -> "Keyboard":
        """Write where one is."""
        self.page.keyboard.type(text)
        return self


class ScreenReader:
    """What one would be told, page by page."""

    def __init__(self, context: BrowserContext) -> None:
        context.add_init_script(LISTEN)

    def told(self, page: Page) -> list[str]:
        """What was said on this page since it opened."""
        said: list[str] = page.evaluate("window.told")
        return said

    def waits_for(self, page: Page, words: str) -> str:
        """Listen until ``words`` are said; the whole sentence."""
        page.wait_for_function(
            "words => window.told.some((said) => said.includes(words))", arg=words
        )
        return next(said for said in self.told(page) if words in said)
