"""What the documents say of the code is what the code does."""

import ast
import re
from pathlib import Path

import pytest

from tools import glossary

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
READERS = {"text", "flag", "number", "words", "database", "redis", "mail"}
# Of the shell that starts the program, not of Coachnet.
FOREIGN = {"PATH", "HOME", "DJANGO_SETTINGS_MODULE", "DEBIAN_FRONTEND"}


def settings_read(source: str) -> set[str]:
    """Names of the environment variables that a module reads."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            is_reader = node.func.attr in READERS and ast.unparse(node.func.value) == "env"
            is_environ = (
                node.func.attr in {"get", "setdefault"} and ast.unparse(node.func.value) == "os.environ"
            )
            if (is_reader or is_environ) and isinstance(node.args[0], ast.Constant):
                names.add(str(node.args[0].value))
    return names


def table_of(heading: str) -> list[str]:
    """The first cells of the table under a heading of the README."""
    part = README.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| ([^|]+) \|", part, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def test_settings_read_finds_each_way_of_reading() -> None:
    source = 'env.text("A")\nenv.flag("B", default=True)\nos.environ.get("C", "x")\nother.text("D")'
    assert settings_read(source) == {"A", "B", "C"}


def test_readme_names_every_setting() -> None:
    read = set()
    for file in (ROOT / "coachnet").rglob("*.py"):
        read |= settings_read(file.read_text(encoding="utf-8"))
    assert sorted(read - FOREIGN) == sorted(set(table_of("Settings")))


def test_readme_names_every_role_and_its_sentence() -> None:
    from django.utils import translation

    from coachnet.accounts.roles import ROLES

    with translation.override("en"):
        for role in ROLES.values():
            assert f"| {role.name} (`{role.key}`) | {role.sentence}" in README


def test_readme_names_every_make_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)
    assert [target for target in targets if f"`make {target}`" not in README] == []


def test_signals_are_listed() -> None:
    table = (ROOT / "docs/adr/0009-signals.md").read_text(encoding="utf-8").partition("|---")[2]
    listed = {
        name
        for cell in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", cell)
    }
    connected = re.compile(r"^\s*@?(\w+)\.connect(?:\([\w.]+,.*dispatch_uid|$)", re.MULTILINE)
    files = [
        file
        for folder in ("coachnet", "companies", "coaching", "events", "dashboards")
        for file in (ROOT / folder).rglob("*.py")
    ]
    used = {name for file in files for name in connected.findall(file.read_text(encoding="utf-8"))}
    assert sorted(used) == sorted(listed)


def test_glossary_page_is_current() -> None:
    assert glossary.TARGET.read_text(encoding="utf-8") == glossary.page(), "Run python -m tools.glossary."


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_links_and_pictures_of_documents_exist(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text(encoding="utf-8"))
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in local if not (document.parent / target).exists()] == []


def test_adrs_are_numbered_and_short() -> None:
    files = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
    assert [file.name[:4] for file in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert len(text.split()) < 700, f"{file.name} is more than a page"
        assert {"## Context", "## Decision", "## Consequences"} <= set(text.splitlines()), file.name


# Every way to take or keep a file: fields of models, forms and the interface, uploads, Django's own storage.
FILES = re.compile(
    r"\b(?:FileField|ImageField|MultiPartParser|FileUploadParser|default_storage|FileSystemStorage"
    r"|MEDIA_(?:ROOT|URL)|request\.FILES)\b|multipart/form-data|type=\"file\""
)


def test_nothing_takes_or_keeps_a_file() -> None:
    """Or ADR 0038 no longer holds: it says what else has to come with the first file."""
    assert FILES.search("    plan = models.FileField()")
    assert FILES.search('<input type="file">')
    folders = ("coachnet", "companies", "coaching", "events", "dashboards", "templates")
    found = {
        f"{file.relative_to(ROOT).as_posix()}: {hit}"
        for folder in folders
        for pattern in ("*.py", "*.html", "*.txt")
        for file in (ROOT / folder).rglob(pattern)
        for hit in FILES.findall(file.read_text(encoding="utf-8"))
    }
    # Django wants a default; nothing asks for it.
    assert found == {"coachnet/settings.py: FileSystemStorage"}


def test_pictures_are_small() -> None:
    heavy = [
        file.name
        for file in (ROOT / "docs").rglob("*")
        if file.suffix in (".png", ".webp") and file.stat().st_size > 200_000
    ]
    assert heavy == []
