"""Conventions of styles and templates, so that the design language stays one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)
CSS, JS, TEMPLATES = BASE / "static" / "css", BASE / "static" / "js", BASE / "templates"

STYLE_SHEETS = sorted(CSS.rglob("*.css"))
# Mail has colours of its own, in a style block: readers of mail know no style sheets.
PAGES = [file for file in sorted(TEMPLATES.rglob("*.html")) if not {"emails", "email"} & set(file.parts)]
SCRIPTS = sorted(JS.glob("*.js"))

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|oklch|oklab|lab|lch|hwb|color-mix)\(", re.IGNORECASE
)
LITERAL_RADIUS = re.compile(r"border-radius:[^;]*\d+(?:px|rem|em)")
LITERAL_SPACE = re.compile(r"(?<![\w-])(?:gap|margin|padding)(?:-[a-z]+)*:[^;]*?(?<![\w.-])\d*\.?\d+rem")
# Classes that the browser, htmx or Swagger UI goes by, or that Markdown's HTML carries.
FROM_ELSEWHERE = {"js", "dark-mode"}
# Shapes of text that only server data decides: what may follow the dash is listed where it is drawn.
DYNAMIC = re.compile(r"\{\{.*?\}\}", re.DOTALL)
REMARK = re.compile(r"\{#.*?#\}", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def rules(file: Path) -> str:
    return COMMENT.sub("", read(file))


def classes_defined(but: str = "") -> set[str]:
    """Class names in style sheets; describe.css dresses what another program draws."""
    found: set[str] = set()
    for file in (sheet for sheet in STYLE_SHEETS if sheet.name != but):
        for selector in re.findall(r"^\s*([^@{};]+)\{", rules(file), re.MULTILINE):
            found |= set(re.findall(r"\.([a-z][\w-]*)", selector))
    return found


def classes_used() -> set[str]:
    """Class names in templates and scripts; what a variable completes stands as `icon--*`."""
    found: set[str] = set()
    for file in PAGES:
        text = TAG.sub(" ", DYNAMIC.sub("*", read(file)))
        for value in re.findall(r'\bclass="([^"]*)"', text):
            found |= set(value.split())
    for file in PAGES:
        # Those of a field are handed to its tag.
        for value in re.findall(r'block page_class %\}([^{]*)\{%|\bclasses="([^"]+)"', read(file)):
            found |= set(" ".join(value).split())
    for file in SCRIPTS:
        text = read(file)
        for value in re.findall(r'className = "([^"]+)"|classList\.\w+\("([^"]+)"', text):
            found |= set(" ".join(value).split())
    # Pictures and fields are drawn by tags: a page has up to a hundred.
    tags = "".join(read(BASE / f"coachnet/lib/templatetags/{name}.py") for name in ("ui", "fields"))
    for value in re.findall(r'(?:classes = f|class=)"([^"]+)"', tags):
        found |= set(re.sub(r"\{\w*\}", "*", value).split())
    return found - {"*"}


def fits(name: str, patterns: set[str]) -> bool:
    return name in patterns or any(
        re.fullmatch(re.escape(pattern).replace(r"\*", r"[\w-]+"), name)
        for pattern in patterns
        if "*" in pattern
    )


def test_only_tokens_has_literal_colours_radii_and_spaces() -> None:
    for file in STYLE_SHEETS:
        if file.name == "tokens.css":
            continue
        found = (
            COLOUR.findall(rules(file))
            + LITERAL_RADIUS.findall(rules(file))
            + LITERAL_SPACE.findall(rules(file))
        )
        assert not found, f"{file.relative_to(BASE)} has literals: {found}"


@pytest.mark.parametrize(
    "text",
    ["color: #fff", "background: rgb(0 0 0)", "border-radius: 3px", "padding: 1rem", "margin-top: .5rem"],
)
def test_literals_are_found(text: str) -> None:
    assert COLOUR.search(text) or LITERAL_RADIUS.search(text) or LITERAL_SPACE.search(text)


@pytest.mark.parametrize("file", STYLE_SHEETS, ids=lambda file: file.name)
def test_style_sheets_read_like_code(file: Path) -> None:
    text = rules(file)
    assert len(read(file).splitlines()) <= 250, "split by component"
    assert not re.search(r";[ \t]*\S", text), "one declaration per line"
    assert "!important" not in text
    for selector in re.findall(r"^\s*([^@{};]+)\{", text, re.MULTILINE):
        assert "#" not in selector, f"id selector: {selector}"


def test_every_token_used_is_defined_and_every_token_defined_is_used() -> None:
    defined = set(re.findall(r"^\s*(--[\w-]+):", read(CSS / "tokens.css"), re.MULTILINE))
    everything = (
        "".join(map(rules, STYLE_SHEETS)) + "".join(map(read, PAGES)) + read(BASE / "static" / "icons.svg")
    )
    used = set(re.findall(r"var\((--[\w-]+)", everything))
    local = set(re.findall(r"[{;]\s*(--[\w-]+):", "".join(map(rules, STYLE_SHEETS))))
    assert used - defined - local == set()
    gallery = {f"--{name}" for name in _gallery_colours()}
    assert defined - used - gallery == set()


def _gallery_colours() -> list[str]:
    from coachnet.gallery import COLOURS

    return COLOURS


def test_every_class_in_templates_is_defined() -> None:
    defined = classes_defined()
    unknown = {
        name
        for name in classes_used() - FROM_ELSEWHERE
        if not (any(fits(one, {name}) for one in defined) if "*" in name else name in defined)
    }
    assert not unknown, f"no style sheet knows {sorted(unknown)}"


def test_no_dead_styles() -> None:
    used = classes_used() | FROM_ELSEWHERE
    dead = {name for name in classes_defined(but="describe.css") if not fits(name, used)}
    assert not dead, f"no template or script uses {sorted(dead)}"


def icons_drawn() -> set[str]:
    return set(re.findall(r'<symbol id="([^"]+)"', read(BASE / "static" / "icons.svg")))


def icons_named() -> Iterator[tuple[Path, str]]:
    """Icons that templates, navigation and scripts ask for."""
    for file in PAGES:
        text = REMARK.sub("", read(file))
        for name in re.findall(r'{% (?:icon |avatar symbol=)"([\w-]+)"', text):
            yield file, name
        for name in re.findall(r'<c-(?!ring|stage)[\w-]+\b[^>]*?\bicon="([\w-]+)"', text):
            yield file, name
        for pairs in re.findall(r'\bicons="([^"{]+)"', text):
            for pair in pairs.split(","):
                yield file, pair.split(":")[1].strip()
        for name in re.findall(r"icons\.svg' %\}#([\w-]+)\"", text):
            yield file, name
    for file in SCRIPTS:
        for name in re.findall(r'setIcon\([^,]+, "([\w-]+)"|say\([^,]+, "([\w-]+)"', read(file)):
            yield file, "".join(name)
    from coachnet import navigation

    for place in (navigation.START, navigation.TODAY, *navigation.PLACES):
        yield Path(navigation.__file__), place.icon
    yield Path(navigation.__file__), "plus"


def test_every_icon_named_is_drawn() -> None:
    drawn = icons_drawn()
    for file, name in icons_named():
        assert name in drawn, f"{file.name} asks for the icon {name}, which the sprite lacks"


def test_every_icon_drawn_is_used() -> None:
    whole_sets = ("ring-", "strand-", "ev-")
    unused = {name for name in icons_drawn() if not name.startswith(whole_sets)} - {
        n for _, n in icons_named()
    }
    assert not unused, f"nobody uses {sorted(unused)}"


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(TEMPLATES)))
def test_templates_keep_the_rules(file: Path) -> None:
    text = read(file)
    bare = TAG.sub("", text)
    assert len(text.splitlines()) <= 150, "extract fragments"
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=", bare), "inline style or handler"
    for script in re.findall(r"<script\b[^>]*>", bare):
        assert "src=" in script, f"inline script: {script}"
    assert not re.search(r"\bhx-on\b|javascript:", bare)
    assert "|safe" not in text, "mark in Python what is safe, where it is cleaned"
    if file.parent.name == "components":
        assert re.match(r"\{# <c-", text), "one comment line says how the component is used"
        assert "<c-vars" in text, "a component declares what it takes"


COMPONENTS = {file.stem.replace("_", "-"): file for file in (TEMPLATES / "components").glob("*.html")}


def declared(file: Path) -> set[str]:
    found = re.search(r"<c-vars\s(.*?)/>", read(file), re.DOTALL)
    assert found
    return set(re.findall(r":?([\w-]+)(?:=\"[^\"]*\")?", found[1]))


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(TEMPLATES)))
def test_components_are_used_as_declared(file: Path) -> None:
    for name, attributes in re.findall(
        r"<c-([\w-]+)((?:\s+[^\s=>/]+(?:=\"[^\"]*\")?)*)\s*/?>", TAG.sub("", read(file))
    ):
        if name in ("slot", "vars"):
            continue
        assert name in COMPONENTS, f"<c-{name}> does not exist"
        # An object given with a colon must be one that is taken: passed on, it would be printed as text.
        given = set(re.findall(r"\s:([\w-]+)=", attributes))
        assert given <= declared(COMPONENTS[name]), (
            f"<c-{name}> does not take {given - declared(COMPONENTS[name])}"
        )


def test_gallery_shows_every_component() -> None:
    shown = "".join(read(file) for file in [*(TEMPLATES / "gallery").glob("*.html"), *COMPONENTS.values()])
    shell = "".join(
        read(file) for file in [*(TEMPLATES / "shell").glob("*.html"), *TEMPLATES.glob("base*.html")]
    )
    missing = {name for name in COMPONENTS if f"<c-{name} " not in shown and f"<c-{name}>" not in shown}
    missing = {name for name in missing if f"<c-{name} " not in shell}
    assert not missing


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_scripts_say_what_they_bind_and_write_no_markup(file: Path) -> None:
    text = read(file)
    assert text.startswith("//"), "one line says what the module does"
    assert len(text.splitlines()) <= 250
    for word in ("eval(", "document.write", "outerHTML", "insertAdjacentHTML"):
        assert word not in text
    # The server's own fragments are parsed in one place.
    assert "innerHTML" not in text or file.name == "server.js"
