"""The source tree as the tests of this folder read it: files, syntax trees, comments."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ROOT / "lti_mentoring"
NOT_OURS = {
    ".git", ".tools", ".venv", ".venv-peer", "node_modules", "build", "dist", "var", "vendor",
}  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: Path

    @property
    def name(self) -> str:
        """The path from the root, with slashes on every system."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    def functions(self) -> Iterator[Function]:
        return (node for node in self.nodes if isinstance(node, Function))

    def imports(self) -> Iterator[tuple[ast.stmt, str]]:
        """Every import statement with the module it names."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node, node.module or ""

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call with the words before its parenthesis: ``clock.now``, ``db.commit``."""
        for node in self.nodes:
            if isinstance(node, ast.Call):
                yield node, ast.unparse(node.func)

    def comments(self) -> Iterator[tuple[int, str]]:
        """Every comment with its line."""
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string

    def at(self, node: ast.stmt | ast.expr, what: str) -> str:
        """What an editor can jump to."""
        return f"{self.name}:{node.lineno}: {what}"


@cache  # parsing the whole tree anew for every test would take most of their time
def sources(folder: Path = PRODUCT, pattern: str = "*.py") -> list[Source]:
    """The Python files below ``folder``, in the same order every time (xdist wants that)."""
    return [Source(path) for path in files(folder, pattern)]


def files(folder: Path, pattern: str) -> list[Path]:
    """Files of ours below ``folder`` that match; never an empty list by a slip of the path."""
    found = sorted(
        path
        for path in folder.rglob(pattern)
        if path.is_file() and not NOT_OURS.intersection(path.relative_to(ROOT).parts)
    )
    assert found, f"no {pattern} below {folder}: does this test look at the right place?"
    return found


def listing(faults: list[str], rule: str) -> str:
    """The message of a failed test: the rule, then everything that breaks it."""
    return "\n  ".join([rule, *faults])
