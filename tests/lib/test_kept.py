"""`{% keep %}`: drawn once for all who have the values in common, and blind to everything else."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.urls import reverse
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
    with pytest.raises(TemplateSyntaxError, match="name=value"):
        Template("{% keep with user %}{% endkeep %}")


ROW = """{% keep state=state with name=name pk=pk %}{{ state }}: \
<a href="{% address 'companies:company-detail' pk %}">{{ name }}</a>{% endkeep %}"""


def test_holes_are_filled_anew_and_escaped_and_never_kept() -> None:
    template = Template(ROW)
    for name, shown in (("Maja", "Maja"), ("<b>", "&lt;b&gt;"), ("\x02pk\x03", "\x02pk\x03"), (None, "None")):
        address = reverse("companies:company-detail", args=[17])
        assert draw(template, state="new", name=name, pk=17) == f'new: <a href="{address}">{shown}</a>'
    (node,) = template.nodelist
    assert isinstance(node, kept.Kept)
    assert list(node.drawn) == [("sv", "new")]
    assert "Maja" not in repr(node.drawn)


@pytest.mark.parametrize(
    "inside",
    [
        "{% if name %}a{% endif %}",
        "{{ name|default:'a' }}",
        "{{ name|yesno }}",
        # Django takes an error in these for no.
        "{% if name and name %}a{% endif %}",
        "{% if not state and name %}a{% endif %}",
        "{% if name == 'Maja' %}a{% endif %}",
        "{% if name != 'Maja' %}a{% endif %}",
        "{% if 'a' in name %}a{% endif %}",
        "{% if name > 'A' %}a{% endif %}",
    ],
)
def test_what_is_asked_about_cannot_be_a_hole(inside: str) -> None:
    with pytest.raises(TypeError, match="hole"):
        draw(Template(f"{{% keep with name=name %}}{inside}{{% endkeep %}}"), name="Maja")


@pytest.mark.parametrize("inside", ["{{ name|upper }}", "{{ name|truncatechars:3 }}", "{{ state }}"])
def test_a_hole_that_was_changed_is_refused(inside: str) -> None:
    template = Template(f"{{% keep state=state with name=name %}}{inside}{{% endkeep %}}")
    with pytest.raises(ValueError, match="hole"):
        draw(template, name="Maja", state="\x02other\x03")


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
