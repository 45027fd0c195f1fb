"""Markdown that people write, as HTML that cannot harm whoever reads it.

Two nets: the parser knows no raw HTML, and what it makes passes an allow-list of tags, attributes and schemes.
"""

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
# A note's headings stand below those of the page around it.
TOP_HEADING = 3

_parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False}).enable(
    ["table", "strikethrough"]
)
_parser.disable("image")


def render(text: str) -> SafeString:
    """Safe HTML of Markdown text: no raw HTML, no images, only links that lead to known schemes."""
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + TOP_HEADING - 1, 6)}"
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer nofollow"
    )
    return SafeString(clean)


def plain(text: str) -> str:
    """Markdown as one line of text without signs, for excerpts."""
    blocks = (token.children for token in _parser.parse(text) if token.children)
    return " ".join(
        " ".join("".join(child.content or _gap(child.type) for child in block) for block in blocks).split()
    )


def _gap(kind: str) -> str:
    return " " if kind in ("softbreak", "hardbreak") else ""
