"""Templates under a strict content security policy: no inline style or script, and short enough to read."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LINES = 150
# Longer than the rule, each with its reason.
LONG: dict[str, str] = {}
# Mail programs know no style sheet: the only place for a <style> block.
EMAILS = "emails"

FAULTS = {
    "inline style": re.compile(r"""\sstyle\s*=\s*["']"""),
    "inline handler": re.compile(r"""<[^>]*\son[a-z]+\s*=\s*["']""", re.DOTALL),
    "javascript address": re.compile(r"""(href|src|action)\s*=\s*["']\s*javascript:""", re.IGNORECASE),
    "script evaluated by htmx": re.compile(r"""hx-(on|vals\s*=\s*["']js:|vars)"""),
    "text not escaped": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off|\|\s*safeseq\b"),
    "address of another site's script or style": re.compile(
        r"""<(script|link)[^>]+(src|href)\s*=\s*["']https?://"""
    ),
}
SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)
DATA_SCRIPT = re.compile(r"""type=["'](application/json|importmap|speculationrules)["']""")


def faults(text: str, *, email: bool = False) -> list[str]:
    """What a template does that the policy would stop or that lets markup through."""
    text = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", text, flags=re.DOTALL)
    found = [
        name
        for name, pattern in FAULTS.items()
        if pattern.search(text) and not (email and name == "inline style")
    ]
    if "<style" in text and not email:
        found.append("style block")
    for script in SCRIPT.finditer(text):
        inline = script["body"].strip() and not DATA_SCRIPT.search(script["attributes"])
        if inline and "nonce" not in script["attributes"]:
            found.append("inline script")
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_template_keeps_to_the_policy(path: Path):
    text = path.read_text(encoding="utf-8")
    assert faults(text, email=EMAILS in path.parts) == []
    name = path.relative_to(ROOT).as_posix()
    assert len(text.splitlines()) <= LINES or name in LONG, "extract fragments, or give the reason here"


def test_there_are_templates_to_look_at():
    assert len(TEMPLATES) > 40


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ('<p style="color: red">', "inline style"),
        ('<a\n href="#" onclick="x()">', "inline handler"),
        ('<a href="javascript:x()">', "javascript address"),
        ("<script>x()</script>", "inline script"),
        ("<style>p {}</style>", "style block"),
        ("{{ text|safe }}", "text not escaped"),
        ("{% autoescape off %}", "text not escaped"),
        ("<button hx-on:click='x()'>", "script evaluated by htmx"),
        ('<script src="https://cdn.example/x.js"></script>', "address of another site's script or style"),
    ],
)
def test_a_planted_fault_is_found(template: str, fault: str):
    """The control: this net can fail."""
    assert faults(template) == [fault]


def test_data_in_a_script_and_a_nonce_are_no_faults():
    assert faults('<script type="application/json">{}</script><script nonce="x">import("y")</script>') == []
