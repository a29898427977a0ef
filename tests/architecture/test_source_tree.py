"""Rules about the source tree that need nothing but the files."""

import ast
import hashlib
import json
import tomllib
from pathlib import Path

from tests.architecture.exceptions import without_reason
from tests.architecture.source import PRODUCT, ROOT, Function, Source, files, listing, sources

BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
LONGEST_MODULE = 400  # lines
LONGEST_FUNCTION = 50
LONGEST_VIEW = 25
ROUTE_DECORATORS = {"route", "get", "post", "put", "patch", "delete"}

MAY_COMMIT = {"lti_mentoring/core/db.py", "lti_mentoring/web/unit_of_work.py"}
MAY_ASK_THE_TIME = {"lti_mentoring/core/clock.py"}
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
}
MAY_READ_THE_ENVIRONMENT = {"lti_mentoring/settings.py"}
SETTING_A_VARIABLE = {"setdefault", "update", "pop"}

# "file: module" of an import inside a function, with the reason why it cannot stand at the top.
LATE_IMPORTS: dict[str, str] = {}

CHECKING_CALLS = ("assert", "check_", "expect")


def in_sandbox(source: Source) -> bool:
    return source.name.startswith("lti_mentoring/sandbox/")


def length_of(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def is_route(function: Function) -> bool:
    return any(
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in ROUTE_DECORATORS
        for decorator in function.decorator_list
    )


def importers_of(library: str) -> set[str]:
    """The modules of the product, sandbox aside, that import ``library``."""
    return {
        source.name
        for source in sources()
        for _, module in source.imports()
        if module.partition(".")[0] == library and not in_sandbox(source)
    }


def test_every_module_says_what_it_is_for():
    silent = [source.name for source in sources() if not ast.get_docstring(source.tree)]

    assert not silent, listing(silent, "These modules have no docstring:")


def test_no_module_has_a_name_that_says_nothing():
    nameless = [
        source.name
        for source in [*sources(), *sources(ROOT / "tests")]
        if BANNED_NAMES.intersection([source.path.stem, *source.path.relative_to(ROOT).parts[:-1]])
    ]

    assert not nameless, listing(nameless, "Every module is named after a thing of the field:")


def test_no_module_is_longer_than_one_can_keep_in_mind():
    long = [
        f"{source.name}: {count} lines"
        for source in sources()
        if (count := source.text.count("\n")) > LONGEST_MODULE
        and not source.name.startswith("lti_mentoring/migrations/versions/")
    ]

    assert not long, listing(long, f"A module has at most {LONGEST_MODULE} lines:")


def test_no_function_is_longer_than_a_screen():
    long = [
        source.at(function, f"{function.name} has {length_of(function)} lines")
        for source in sources()
        for function in source.functions()
        if length_of(function) > LONGEST_FUNCTION
        and not source.name.startswith("lti_mentoring/migrations/versions/")
    ]

    assert not long, listing(long, f"A function has at most {LONGEST_FUNCTION} lines:")


def test_views_are_thin():
    thick = [
        source.at(function, f"{function.name} has {length_of(function)} lines")
        for source in sources()
        if source.name.startswith("lti_mentoring/views/")
        for function in source.functions()
        if is_route(function) and length_of(function) > LONGEST_VIEW
    ]

    assert not thick, listing(thick, f"A view has at most {LONGEST_VIEW} lines:")


def test_a_transaction_ends_in_two_places_only():
    commits = [
        source.at(call, words)
        for source in sources()
        for call, words in source.calls()
        if words.endswith(".commit") and source.name not in MAY_COMMIT
    ]

    assert not commits, listing(
        commits, "Use core.db's transaction(); requests commit by themselves:"
    )


def test_the_time_is_asked_in_one_place_only():
    asked = [
        source.at(call, words)
        for source in sources()
        if source.name not in MAY_ASK_THE_TIME and not in_sandbox(source)
        for call, words in source.calls()
        if ".".join(words.split(".")[-2:]) in CLOCKS
    ]

    assert not asked, listing(asked, "Use clock.now(), or take `now` as an argument:")


def test_the_environment_is_read_in_one_place_only():
    read = [
        reading
        for source in sources()
        if source.name not in MAY_READ_THE_ENVIRONMENT
        for reading in environment_readings(source)
    ]

    assert not read, listing(read, "Only settings.py reads the environment (the CLI may set it):")


def environment_readings(source: Source) -> list[str]:
    """Uses of the environment, without those by which the CLI sets a variable."""
    parents = {
        child: node for node in ast.walk(source.tree) for child in ast.iter_child_nodes(node)
    }
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            found += [
                source.at(node, a.name) for a in node.names if a.name in {"environ", "getenv"}
            ]
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}:
            by_cli = source.name.startswith("lti_mentoring/cli/")
            if not (by_cli and sets_a_variable(parents[node])):
                found.append(source.at(node, ast.unparse(node)))
    return found


def sets_a_variable(use: ast.AST) -> bool:
    if isinstance(use, ast.Subscript):
        return isinstance(use.ctx, ast.Store)
    return isinstance(use, ast.Attribute) and use.attr in SETTING_A_VARIABLE


def test_pylti1p3_is_known_to_the_launch_only():
    outside = [name for name in importers_of("pylti1p3") if "/launch/" not in name]

    assert not outside, listing(sorted(outside), "Only lti_mentoring/launch/ imports pylti1p3:")


def test_the_peer_is_imported_in_its_own_process_only():
    """It has another license, and other versions of the libraries that we have too."""
    ours = [
        source.at(node, module)
        for source in [*sources(), *sources(ROOT / "tests")]
        for node, module in source.imports()
        if module.partition(".")[0] in {"django", "lti_consumer", "opaque_keys"}
        and not source.name.startswith("tests/peer/openedx_")
    ]

    assert not ours, listing(ours, "Ask the peer over HTTP, as tests/support/openedx.py does:")


def test_there_is_one_door_to_the_network():
    doors = importers_of("requests") - {"lti_mentoring/core/http.py"}

    assert not doors, listing(sorted(doors), "Only core/http.py imports requests:")


def late_imports() -> dict[str, str]:
    """Imports inside functions: "file: module" to where that is."""
    late = {}
    for source in sources():
        inside = {id(node) for function in source.functions() for node in ast.walk(function)}
        for node, module in source.imports():
            if id(node) in inside:
                late[f"{source.name}: {module}"] = source.at(node, module)
    return late


def test_imports_stand_at_the_top():
    unexplained = [place for key, place in late_imports().items() if key not in LATE_IMPORTS]

    assert not unexplained, listing(unexplained, "Move these up, or give the reason in this file:")


def test_every_exception_for_a_late_import_is_still_needed():
    stale = sorted(LATE_IMPORTS.keys() - late_imports().keys())

    assert not stale, listing(stale, "These exceptions are used no longer:")


def test_every_test_asserts_something():
    idle = [
        source.at(function, function.name)
        for source in sources(ROOT / "tests", "test_*.py")
        for function in source.functions()
        if function.name.startswith("test_") and not asserts(function)
    ]

    assert not idle, listing(idle, "These tests pass whatever the code does:")


def asserts(function: Function) -> bool:
    """Whether it has an ``assert``, ``pytest.raises`` or a call that checks by its name."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            words = ast.unparse(node.func)
            last = words.rpartition(".")[2]
            if words in {"pytest.raises", "pytest.warns"} or last.startswith(CHECKING_CALLS):
                return True
    return False


def test_whoever_silences_the_linter_says_why():
    bare = without_reason()

    assert not bare, listing(bare, "Write `# noqa: CODE - the reason`:")


def test_lock_files_name_no_host():
    locks = [
        *files(ROOT, "*.lock"),
        *files(ROOT, "package-lock.json"),
        *files(ROOT, ".npmrc"),
    ]
    naming = [
        path.relative_to(ROOT).as_posix()
        for path in locks
        if any(scheme in path.read_text(encoding="utf-8") for scheme in ("http://", "https://"))
    ]

    assert not naming, listing(naming, "People behind a mirror need these without addresses:")


def test_every_dependency_is_pinned_by_hash():
    for path in files(ROOT / "requirements", "*.lock"):
        pinned = path.read_text(encoding="utf-8").split("\n")
        unhashed = [line for line in pinned if "==" in line and not line.endswith("\\")]

        assert not unhashed, listing(unhashed, f"{path.name} has packages without a hash:")


def test_vendored_files_are_what_their_packages_gave():
    vendor = PRODUCT / "static" / "vendor"
    lines = (vendor / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    wanted = {name: checksum for checksum, _, name in (line.partition("  ") for line in lines)}
    kept = [path for path in vendor.rglob("*") if path.is_file() and path.name != "SHA256SUMS"]

    found = {path.relative_to(vendor).as_posix(): sha256(path) for path in kept}
    found["../icons.svg"] = sha256(vendor.parent / "icons.svg")

    assert found == wanted, "edit frontend/, then: python3 dev.py vendor"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_vendored_versions_are_the_ones_asked_for():
    asked = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
    folders = {path.name for path in (PRODUCT / "static" / "vendor").iterdir() if path.is_dir()}

    assert folders == {
        f"{name.removesuffix('.org')}-{asked['devDependencies'][name]}"
        for name in ("bootstrap", "bootstrap-icons", "htmx.org")
    }


def test_the_sprite_has_every_icon_that_was_asked_for():
    sprite = (PRODUCT / "static" / "icons.svg").read_text(encoding="utf-8")
    names = (ROOT / "frontend" / "icons.txt").read_text(encoding="utf-8").split()

    assert [name for name in names if f'<symbol id="{name}"' not in sprite] == []


def test_whatever_is_no_python_gets_into_the_wheel():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["lti_mentoring"]
    packed = {path for pattern in patterns for path in PRODUCT.glob(pattern)}

    left_out = [
        path.relative_to(ROOT).as_posix()
        for path in sorted(PRODUCT.rglob("*"))
        if path.is_file()
        and path.suffix not in {".py", ".pyc", ".po", ".pot"}
        and path not in packed
    ]

    assert not left_out, listing(left_out, "Add these to package-data in pyproject.toml:")


def test_every_folder_of_modules_is_a_package():
    bare = {
        source.path.parent.relative_to(ROOT).as_posix()
        for source in sources()
        if not (source.path.parent / "__init__.py").exists()
        and not source.name.startswith("lti_mentoring/migrations/")
    }

    assert not bare, listing(sorted(bare), "Without an __init__.py these are not in the wheel:")


def test_migrations_do_not_import_the_application():
    importing = [
        source.at(node, module)
        for source in sources()
        if source.name.startswith("lti_mentoring/migrations/versions/")
        for node, module in source.imports()
        if module.partition(".")[0] == "lti_mentoring"
    ]

    assert not importing, listing(
        importing, "A migration must still run when the code has moved on:"
    )
