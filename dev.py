#!/usr/bin/env python3
"""Everything a developer types, on a machine that has Python 3.11 with pip and nothing else.

python3 dev.py run      the tool and a sandbox LMS with people in it  [--port N] [--lms-port N]
python3 dev.py test     all tests: on SQLite, on PostgreSQL, in a browser, with a real platform
                        [pytest's arguments]
python3 dev.py check    what CI runs: format, lint, types, contracts, tests with coverage
python3 dev.py fix      format the code and apply the safe corrections
python3 dev.py vendor   make the pages' scripts, styles and icons from npm packages (needs Node)
python3 dev.py translate  bring the sentences of the code into the catalogs, and compile them
python3 dev.py pictures   take the README's pictures anew, in docs/images
python3 dev.py lock     resolve all dependencies anew within their bounds (needs Node)
python3 dev.py help     this list
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
FRONTEND = ROOT / "frontend"
TRANSLATIONS = ROOT / "lti_mentoring" / "translations"
KEPT = ("--no-fuzzy-matching", "--ignore-obsolete", "--no-wrap")
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PEER = ROOT / ".venv-peer"  # Open edX's code: another process, another license, other libraries
SETS = ("run", "test", "dev")  # each holds everything in the one before it
# Where nothing is kept, each of the hundred processes of a check compiles every library anew.
KEEP_BYTECODE = {
    "PYTHONDONTWRITEBYTECODE": "",
    "PYTHONPYCACHEPREFIX": str(TOOLS / "bytecode"),
}
NO_TESTS = 5  # pytest's exit code for an empty selection
CHECKS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "lint silenced": ["python", "-m", "tests.architecture.exceptions"],
    "types": ["mypy"],
    "import contracts": ["lint-imports", "--no-logo"],
    "dependencies": ["deptry", "lti_mentoring"],
    "templates": ["djlint", "--lint", "--quiet", "lti_mentoring"],
}
# Only a start can tell whether Playwright has a build of its own.
TRY_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright as start\n"
    "with start() as playwright: playwright.chromium.launch().close()"
)
CHROMIUM_PACKAGE = "@sparticuz/chromium@153.0.0"
UNPACK_CHROMIUM = (
    "import chromium from './node_modules/@sparticuz/chromium/build/index.js';"
    "console.log(await chromium.executablePath())"
)
NO_CHROMIUM = (
    "The browser tests need Chromium, and neither apt-get nor Playwright nor npm could bring one:\n"
    "install Chromium or Chrome, or set CHROMIUM to the program's path."
)


def call(*command: str | Path, cwd: Path = ROOT, needed: bool = False, **variables: str) -> int:
    """Run a program and return its exit code; if it is ``needed`` and fails, stop."""
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV), **KEEP_BYTECODE, **variables}
    code = subprocess.run(command, cwd=cwd, env=environment, check=False).returncode
    if code and needed:
        print("This failed:", *command, file=sys.stderr)
        sys.exit(code)
    return code


def quiet(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a program that may fail and whose words are for us alone."""
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def program(name: str, folder: Path | None = None) -> str:
    """Where ``name`` is: in ``folder``, or on PATH."""
    return shutil.which(name, path=folder) or sys.exit(
        f"{name} is needed for this: install it first"
    )


def uv(*arguments: str | Path) -> None:
    """Run uv. If there is none, pip fetches a copy of our own, for which it needs no venv."""
    found = shutil.which("uv") or shutil.which("uv", path=TOOLS / "bin")
    if not found:
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--target", TOOLS, "uv")
        call(*pip, needed=True)
    call(found or program("uv", TOOLS / "bin"), *arguments, needed=True)


def make_environment(wanted: str) -> None:
    """Make ``.venv`` hold at least the set ``wanted``, exactly as a lock file says."""
    stamp = VENV / "installed.json"
    held = json.loads(stamp.read_text()) if stamp.exists() else {}
    wanted = max(wanted, held.get("set", wanted), key=SETS.index)
    lock = ROOT / "requirements" / f"{wanted}.lock"
    content = lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    target = {"set": wanted, "sha256": hashlib.sha256(content).hexdigest()}
    if held == target:
        return
    if not BIN.is_dir():
        uv("venv", "--quiet", "--python", sys.executable, VENV)
    uv("pip", "sync", "--quiet", "--require-hashes", lock)
    uv("pip", "install", "--quiet", "--no-deps", "--editable", ROOT)
    stamp.write_text(json.dumps(target))


def make_peer_environment() -> None:
    """Make ``.venv-peer`` hold the platform that ``tests/peer`` runs, exactly as its lock says."""
    stamp, lock = PEER / "installed.txt", ROOT / "requirements" / "peer.lock"
    target = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == target:
        return
    shutil.rmtree(PEER, ignore_errors=True)
    uv("venv", "--quiet", "--python", sys.executable, PEER)
    uv("pip", "sync", "--quiet", "--require-hashes", "--python", PEER, lock)
    stamp.write_text(target)


def installed_chromium() -> str | None:
    """The Chromium that the caller names, or that the system has."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def find_chromium() -> None:
    """Let ``CHROMIUM`` name a browser, unless Playwright has its own; or stop with what to type."""
    found = installed_chromium()
    if not found and quiet(BIN / "python", "-c", TRY_PLAYWRIGHT).returncode == 0:
        return
    if not found and shutil.which("apt-get") and os.geteuid() == 0:
        call("apt-get", "update", "--quiet")
        call("apt-get", "install", "--yes", "--quiet", "chromium", DEBIAN_FRONTEND="noninteractive")
        found = installed_chromium()
    if not found and call(BIN / "playwright", "install", "chromium") == 0:
        return
    if not found and (npm := shutil.which("npm")):
        call(npm, "install", "--silent", "--ignore-scripts", "--prefix", TOOLS, CHROMIUM_PACKAGE)
        unpack = quiet("node", "--input-type=module", "--eval", UNPACK_CHROMIUM, cwd=TOOLS)
        found = unpack.stdout.strip()
    os.environ["CHROMIUM"] = found or sys.exit(NO_CHROMIUM)


def tests(arguments: list[str], *coverage: str) -> dict[str, list[str]]:
    """The suite's runs; the browser's in one process: of two at a time, one hangs now and then."""
    find_chromium()
    make_peer_environment()
    suite = ["pytest", "-n", "2", "-m", "not browser and not peer"]
    return {
        "tests on SQLite": [*suite, *coverage, *arguments],
        "tests on PostgreSQL": [*suite, *arguments],
        "tests with Open edX": ["pytest", "-m", "peer", *arguments],
        "tests in a browser": ["pytest", "-m", "browser", *arguments],
        "the story on PostgreSQL": ["pytest", "-m", "browser", "-k", "empty_course", *arguments],
    }


def take(steps: dict[str, list[str]], tolerated: int = 0) -> None:
    """Take one step after the other; the first that fails ends everything with its code."""
    codes = []
    for name, (tool, *arguments) in steps.items():
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        database = "postgresql" if "PostgreSQL" in name else "sqlite"
        codes.append(call(BIN / tool, *arguments, MENTORING_TEST_DATABASE=database))
        if codes[-1] not in {0, tolerated}:
            sys.exit(codes[-1])
        if tool != "pytest":  # its own last line says it, and has to stay the last
            print(f"-- {time.monotonic() - started:.1f} s", flush=True)
    sys.exit(min(codes))


def lock() -> None:
    """Write the lock files: versions and hashes, no addresses."""
    how = ("--universal", "--python-version=3.11", "--generate-hashes", "--no-header", "--upgrade")
    for number, name in enumerate(SETS):
        groups = [f"--group={group}" for group in SETS[1 : number + 1]]
        to = f"requirements/{name}.lock"
        uv("pip", "compile", "--quiet", "pyproject.toml", *how, *groups, "-o", to)
    uv("pip", "compile", "--quiet", "requirements/peer.in", *how, "-o", "requirements/peer.lock")
    call(program("npm"), "run", "lock", cwd=FRONTEND, needed=True)


def translate() -> None:
    """Bring new sentences into the catalogs, drop old ones, and compile what the pages read."""
    babel = BIN / "pybabel"
    keywords = [f"--keyword={name}" for name in ("_l", "lazy_gettext", "lazy_ngettext:1,2")]
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "messages.pot"
        how = ("--mapping=pyproject.toml", "--no-location", "--sort-output", "--omit-header")
        call(babel, "-q", "extract", *how, *keywords, f"--output={template}", ".", needed=True)
        for catalog in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po")):
            language = catalog.parent.parent.name
            update = ("update", *KEPT, f"--input-file={template}", f"--output-file={catalog}")
            call(babel, "-q", *update, f"--locale={language}", needed=True)
    call(babel, "-q", "compile", f"--directory={TRANSLATIONS}", needed=True)


def run(arguments: list[str]) -> None:
    """Become the demo: the tool, and a sandbox LMS with people in it."""
    make_environment("run")
    os.chdir(ROOT)
    os.execv(BIN / "lti-mentoring", ["lti-mentoring", "demo", *arguments])


def take_pictures() -> None:
    """Take the README's pictures anew."""
    make_environment("test")
    call(BIN / "python", "-m", "tests.support.screenshots", "docs/images", needed=True)


def main(command: str = "help", *arguments: str) -> None:  # noqa: C901 -- one line a word
    """Do what the first word says."""
    match command:
        case "run":
            run([*arguments])
        case "test":
            make_environment("test")
            take(tests([*arguments]), tolerated=NO_TESTS if arguments else 0)
        case "check":
            make_environment("dev")
            take({**CHECKS, **tests([], "--cov")})
        case "fix":
            make_environment("dev")
            take({"lint": ["ruff", "check", "--fix", "."], "format": ["ruff", "format", "."]})
        case "vendor":
            call(program("npm"), "ci", cwd=FRONTEND, needed=True)
            call(program("npm"), "run", "build", cwd=FRONTEND, needed=True)
        case "translate":
            make_environment("dev")
            translate()
        case "pictures":
            take_pictures()
        case "lock":
            lock()
        case _:
            print(__doc__)
            sys.exit(command not in {"help", "-h", "--help"})


if __name__ == "__main__":
    main(*sys.argv[1:])
