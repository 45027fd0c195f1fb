"""Notes as HTML: what is allowed comes through, everything else is text."""

import re
import time

import pytest

from coachnet.lib import markdown

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<div hx-get='/admin/' hx-trigger='load'>x</div>",
    "<p data-hx-post='/sessions/' hx-on:load='alert(1)'>x</p>",
    "<form action='https://elak.example'><input name='q'></form>",
    "<style>*{display:none}</style>",
    "<base href='https://elak.example/'>",
    "<meta http-equiv='refresh' content='0;url=https://elak.example'>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](data:image/svg+xml,<svg/onload=alert(1)>)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "![x](https://elak.example/spion.png)",
    "![x](javascript:alert(1))",
    '[x](https://exempel.se "\\" onmouseover=alert(1)")',
    "[x](https://exempel.se' onclick='alert(1))",
    "`<script>alert(1)</script>`",
    "```<script>\nalert(1)\n</script>\n```",
    "[x]: javascript:alert(1)\n\n[x]",
    "<details open ontoggle=alert(1)>x</details>",
    "<x style=behavior:url(x) class=btn id=main>x</x>",
]
OPENED = re.compile(r"<(/?)([a-zA-Z][\w-]*)((?:\s[^>]*)?)>")
ATTRIBUTE = re.compile(r"""\s([\w:-]+)=["']?([^"']*)""")


@pytest.mark.parametrize("text", HOSTILE)
def test_render_lets_nothing_hostile_through(text):
    html = markdown.render(text)

    for _closing, tag, rest in OPENED.findall(html):
        assert tag in markdown.TAGS
        attributes = dict(ATTRIBUTE.findall(rest))
        assert set(attributes) <= {"href", "rel"}
        href = attributes.get("href", "https:")
        assert href.startswith(("http:", "https:", "mailto:", "tel:", "#", "/"))


def test_the_corpus_would_fail_on_a_plain_parser():
    """Negative control: without the two nets the same check finds harm."""
    from markdown_it import MarkdownIt

    careless = MarkdownIt("commonmark", {"html": True})
    assert "<script>" in careless.render(HOSTILE[0])
    assert "onerror" in careless.render(HOSTILE[1])


def test_render_keeps_what_a_note_needs():
    html = markdown.render(
        "# Läget\n\nVi såg **hyra** och\n~~sälj~~.\n\n- ett\n- två\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )

    assert "<h3>Läget</h3>" in html
    assert "<strong>hyra</strong> och<br>" in html.replace("<br />", "<br>")
    assert "<s>sälj</s>" in html
    assert "<li>ett</li>" in html
    assert "<td>1</td>" in html


def test_render_links_are_safe_to_follow():
    html = markdown.render("[RISE](https://www.ri.se) och [mejl](mailto:a@example.se)")

    assert 'href="https://www.ri.se"' in html
    assert 'href="mailto:a@example.se"' in html
    assert html.count('rel="noopener noreferrer nofollow"') == 2


def test_plain_gives_one_line_without_signs():
    assert (
        markdown.plain("## Vad vi såg\n\n**Hyra** [här](https://x.se)\nradbyte")
        == "Vad vi såg Hyra här radbyte"
    )


LONG = {
    "brackets": "[" * 20_000,
    "pairs": "[](" * 6_600,
    "emphasis": "*_" * 10_000,
    "quotes": ">" * 20_000,
    "entities": "&#" * 10_000,
    "mixed": ("[" * 50 + "](" * 50 + "*_~" * 100 + "\n\n> - ") * 40,
}


@pytest.mark.parametrize("name", list(LONG))
def test_the_longest_note_costs_little(name):
    """In seconds of this process, so that a busy machine does not matter."""
    start = time.process_time()
    markdown.render(LONG[name])
    assert time.process_time() - start < 2
