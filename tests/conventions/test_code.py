"""The house rules that a reader of the code leans on: docstrings, sizes, names, and no way round Django's escaping."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("coachnet", "companies", "coaching", "events", "dashboards")
RELEASED = set(Path(__file__).with_name("released_migrations.txt").read_text(encoding="utf-8").split())
FUNCTION_LINES = 40
MODULE_LINES = 400
TEMPLATE_LINES = 150

# Longer than the rule, each with its reason.
LONG_FUNCTIONS: dict[str, str] = {}
LONG_MODULES = {
    "coachnet/settings.py": "one flat list of settings, read from top to bottom and searched by heading",
}
LONG_TEMPLATES: dict[str, str] = {}

# Words of the glossary that have one English name in code, and the names that would blur it.
WRONG_NAMES = {
    "dashboard_": "overview or dashboards (the app)",
    "firm": "company",
    "bolag": "company",
    "foretag": "company",
    "appointment": "session",
    "workshop": "event",
    "todo": "action",
    "task_due": "action",
    "deadline": "due_on",
}
FORBIDDEN_NAMES = {"services.py", "utils.py", "helpers.py", "managers.py"}


@cache
def modules() -> list[Path]:
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(path: Path) -> Iterator[tuple[str, Definition]]:
    """Functions, classes and methods with their dotted names; not those inside functions."""

    def inside(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, Definition]]:
        for child in node.body:
            if isinstance(child, Definition):
                yield prefix + child.name, child
                if isinstance(child, ast.ClassDef):
                    yield from inside(child, f"{prefix}{child.name}.")

    yield from inside(tree(path), "")


def is_public(name: str) -> bool:
    return not any(part.startswith("_") for part in name.split("."))


def without_docstring(path: Path) -> list[str]:
    """Public things of a module that do not say what they are. Classes of configuration inside others need not."""
    missing = [] if ast.get_docstring(tree(path)) or path.name == "__init__.py" else [name_of(path)]
    for name, node in definitions(path):
        nested_class = isinstance(node, ast.ClassDef) and "." in name
        command = "management/commands" in name_of(path)
        in_choices = nested_class or command
        if is_public(name) and not in_choices and not ast.get_docstring(node):
            missing.append(f"{name_of(path)}: {name}")
    return missing


def long_functions(source: Path) -> list[str]:
    return [
        f"{name_of(source)}: {name}"
        for name, node in definitions(source)
        if not isinstance(node, ast.ClassDef) and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    ]


def test_every_public_thing_says_what_it_is():
    assert [missing for path in modules() for missing in without_docstring(path)] == []


def test_functions_fit_on_a_screen():
    found = {function for path in modules() for function in long_functions(path)}
    assert found - set(LONG_FUNCTIONS) == set(), "split them, or give the reason here"
    assert set(LONG_FUNCTIONS) - found == set(), "no longer so long"


def test_modules_are_split_by_noun():
    found = {
        name_of(path)
        for path in modules()
        if len(path.read_text(encoding="utf-8").splitlines()) > MODULE_LINES
    }
    assert found - set(LONG_MODULES) == set(), "split them, or give the reason here"


def test_no_module_has_a_name_that_says_nothing():
    assert [name_of(path) for path in modules() if path.name in FORBIDDEN_NAMES] == []


def test_identifiers_follow_the_glossary():
    wrong = []
    for path in modules():
        for name, _ in definitions(path):
            words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
            wrong += [
                f"{name_of(path)}: {name} (say {better})"
                for bad, better in WRONG_NAMES.items()
                if re.search(rf"(^|[._]){bad}", words)
            ]
    assert wrong == []


def test_identifiers_are_written_in_ascii():
    assert [
        f"{name_of(path)}: {name}"
        for path in modules()
        for name, _ in definitions(path)
        if not name.isascii()
    ] == []


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


# Markdown is cleaned by nh3 before it is trusted; markup and bare controls are put together from parts that are escaped
# one by one, and are held against Django's own in tests/lib/test_ui.py; nothing else may be.
TRUSTED_HTML = {"coachnet/lib/markdown.py", "coachnet/lib/markup.py", "coachnet/lib/forms.py"}
# What is asked while others wait for the lock, each value apart (ADR 0033).
WRITTEN_SQL = {("events/actions/places.py", "raw")}


def test_nothing_goes_round_escaping_or_the_orm():
    forbidden = re.compile(r"(^|\.)(mark_safe|extra|raw|SafeString|RawSQL)$")
    found = {(name_of(path), call) for path in modules() for call in calls(path) if forbidden.search(call)}
    rest = {(path, call) for path, call in found if path not in TRUSTED_HTML}
    assert {(path, call.rpartition(".")[2]) for path, call in rest} == WRITTEN_SQL


def test_no_path_of_a_developers_machine():
    pattern = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/")
    texts = [
        *modules(),
        *(ROOT / "templates").rglob("*.html"),
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("*.md"),
    ]
    assert [name_of(path) for path in texts if pattern.search(path.read_text(encoding="utf-8"))] == []


def test_every_dependency_says_why_it_is_here():
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    dependencies = [line for line in lines if re.match(r'^    "[a-z][\w.-]*(\[[\w,]+\])?==', line)]
    assert len(dependencies) > 30
    assert [line for line in dependencies if not re.search(r"#\s+\S.{4,}", line)] == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migrations_since_the_last_release_are_few():
    """One for each app, and one more for what cannot stand in a transaction. What was released is not rewritten."""
    for package in PACKAGES:
        for folder in (ROOT / package).rglob("migrations"):
            names = {f"{folder.parent.name}.{path.stem}" for path in folder.glob("0*.py")}
            assert len(names - RELEASED) <= 2, folder


def planted(folder: Path, source: str) -> Path:
    path = folder / "planted.py"
    path.write_text(source, encoding="utf-8")
    return path


def test_a_planted_fault_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The control: these nets can fail."""
    monkeypatch.setattr("tests.conventions.test_code.ROOT", tmp_path)
    body = "\n".join(f"    x{n} = {n}" for n in range(50))
    path = planted(
        tmp_path, f"def long():\n{body}\n\nclass Silent:\n    def method(self):\n        mark_safe('')\n"
    )
    assert without_docstring(path) == [
        "planted.py",
        "planted.py: long",
        "planted.py: Silent",
        "planted.py: Silent.method",
    ]
    assert long_functions(path) == ["planted.py: long"]
    assert list(calls(path)) == ["mark_safe"]
