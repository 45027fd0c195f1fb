"""`{% keep %}`: drawn once for all who have the values in common, and blind to everything else."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from coachnet.accounts.models import User
from coachnet.lib.templatetags import kept
from tests.conftest import ClientOf


def draw(template: Template, **values: Any) -> str:
    return template.render(Context(values))


@pytest.fixture
def counter() -> Iterator[str]:
    return iter("abcdefgh")


def test_contents_are_drawn_once_for_each_value(counter: Iterator[str]) -> None:
    template = Template("{% keep role=role next=next %}{{ role }} {{ next }}{% endkeep %}")
    shown = [draw(template, role=role, next="") for role in ("coach", "coach", "admin")]
    assert shown == ["coach ", "coach ", "admin "]
    kept_once = Template("{% keep count=count %}{% for one in count %}{{ one }}{% endfor %}{% endkeep %}")
    assert draw(kept_once, count=counter) == "abcdefgh"
    assert draw(kept_once, count=counter) == "abcdefgh"  # used up: drawn again it would be empty


def test_contents_see_nothing_but_what_they_are_kept_by() -> None:
    template = Template("{% keep role=role %}{{ role }}{{ user }}{{ csrf_token }}{% endkeep %}")
    assert draw(template, role="coach", user="Maja", csrf_token="secret") == "coach"


def test_contents_follow_the_language() -> None:
    template = Template("{% keep %}{% trans 'Meny' %}{% endkeep %}")
    shown = []
    for language in ("sv", "en", "sv"):
        with translation.override(language):
            shown.append(draw(template))
    assert shown == ["Meny", "Menu", "Meny"]


def test_values_are_escaped_as_everywhere() -> None:
    assert draw(Template("{% keep name=name %}{{ name }}{% endkeep %}"), name="<b>") == "&lt;b&gt;"


def test_what_is_kept_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 3)
    template = Template("{% keep number=number %}{{ number }}{% endkeep %}")
    for number in range(10):
        assert draw(template, number=number) == str(number)
    (node,) = template.nodelist
    assert isinstance(node, kept.Kept)
    assert len(node.drawn) <= 3


def test_a_value_needs_a_name() -> None:
    with pytest.raises(TemplateSyntaxError, match="name=value"):
        Template("{% keep user %}{% endkeep %}")


def test_nobody_finds_another_person_in_her_shell(
    client_of: ClientOf, coach: User, other_coach: User, organiser: User
) -> None:
    """Coaches share a menu, drawn once; names, addresses and tokens stay with each of them."""
    mine, hers = (client_of(one).get("/sessions/").content.decode() for one in (coach, other_coach))
    assert coach.name in mine
    assert coach.name not in hers
    assert other_coach.name in hers
    theirs = client_of(organiser).get("/sessions/").content.decode()
    assert 'data-go="d"' in mine
    assert 'data-go="d"' not in theirs
    assert 'data-go="p"' in theirs
