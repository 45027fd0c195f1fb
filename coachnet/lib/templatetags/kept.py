"""`{% keep shell=shell %}…{% endkeep %}`: what is the same for many is drawn once by each process.

`{% keep state=row.state with name=row.name %}`: what differs from row to row goes into holes. They are filled after
the drawing and never kept, and can be shown as they are, but not asked about: what decides the shape stands before
`with`.
"""

import re
from typing import Any, NoReturn

from django.template import Context, Library, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token, render_value_in_context, token_kwargs
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = Library()
MOST = 500  # drawings of one block; then it begins anew
By = dict[str, FilterExpression]
ASKED = "A hole is filled after the drawing: what is asked about it must be a value of its own."
_MARK = re.compile("\x02(\\w*)\x03")


class Hole(SafeString):
    """Stands in a drawing where a value goes."""

    was_asked = False

    def _refuse(self, *_other: object) -> NoReturn:
        self.was_asked = True  # `{% if a and b %}` takes an error for no
        raise TypeError(ASKED)

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _refuse
    __hash__ = SafeString.__hash__


class Kept(Node):
    """Its contents see nothing but the values they are kept by, and holes: what is personal is not kept by mistake."""

    def __init__(self, nodelist: NodeList, by: By, holes: By) -> None:
        self.nodelist, self.by, self.holes = nodelist, by, holes
        self.drawn: dict[tuple[Any, ...], list[str]] = {}

    def render(self, context: Context) -> str:
        """The contents for these values in the reader's language, with its holes filled."""
        values = {name: value.resolve(context) for name, value in self.by.items()}
        key = (get_language(), *values.values())
        found = self.drawn.get(key)
        if found is None:
            if len(self.drawn) >= MOST:
                self.drawn.clear()
            found = self.drawn[key] = self._draw(context, values)
        return self._filled(found, context) if self.holes else found[0]

    def _draw(self, context: Context, values: dict[str, Any]) -> list[str]:
        """Texts, and in between them the names of holes."""
        marks = {name: Hole(f"\x02{name}\x03") for name in self.holes}
        alone = Context(values | marks, autoescape=context.autoescape)
        assert context.template is not None  # the one that is being drawn
        with alone.bind_template(context.template), alone.render_context.push_state(context.template):
            drawn = self.nodelist.render(alone)
        if any(mark.was_asked for mark in marks.values()):
            raise TypeError(ASKED)
        parts = _MARK.split(drawn) if self.holes else [drawn]
        if not {*parts[1::2]} <= {*self.holes} or any("\x02" in part for part in parts[::2]):
            raise ValueError("A hole was changed, or a value that a block is kept by looks like one.")
        return parts

    def _filled(self, parts: list[str], context: Context) -> str:
        filled, values = list(parts), dict[str, str]()
        for at in range(1, len(parts), 2):
            name = parts[at]
            if name not in values:
                values[name] = render_value_in_context(self.holes[name].resolve(context), context)
            filled[at] = values[name]
        return "".join(filled)


@register.tag
def keep(parser: Parser, token: Token) -> Kept:
    """Parse the block. Values are hashable and few: a role's menu, a theme, never a person or a page's rows."""
    bits = token.split_contents()[1:]
    by = token_kwargs(bits, parser)
    holes: By = {}
    if bits[:1] == ["with"]:
        del bits[0]
        holes = token_kwargs(bits, parser)
    if bits:
        raise TemplateSyntaxError(f"keep takes name=value only, not {bits[0]!r}")
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return Kept(nodelist, by, holes)
