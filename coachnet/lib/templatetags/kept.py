"""`{% keep shell=shell %}…{% endkeep %}`: what is the same for many is drawn once by each process."""

from typing import Any

from django.template import Context, Library, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.utils.translation import get_language

register = Library()
MOST = 500  # drawings of one block; then it begins anew


class Kept(Node):
    """Its contents see nothing but the values they are kept by: what is personal cannot get in by mistake."""

    def __init__(self, nodelist: NodeList, by: dict[str, FilterExpression]) -> None:
        self.nodelist, self.by = nodelist, by
        self.drawn: dict[tuple[Any, ...], str] = {}

    def render(self, context: Context) -> str:
        """The contents for these values in the reader's language."""
        values = {name: value.resolve(context) for name, value in self.by.items()}
        key = (get_language(), *values.values())
        found = self.drawn.get(key)
        if found is None:
            if len(self.drawn) >= MOST:
                self.drawn.clear()
            found = self.drawn[key] = self._draw(context, values)
        return found

    def _draw(self, context: Context, values: dict[str, Any]) -> str:
        alone = Context(values, autoescape=context.autoescape)
        assert context.template is not None  # the one that is being drawn
        with alone.bind_template(context.template), alone.render_context.push_state(context.template):
            return self.nodelist.render(alone)


@register.tag
def keep(parser: Parser, token: Token) -> Kept:
    """Parse the block. Values are hashable and few: a role's menu, a theme, never a person or a page's rows."""
    bits = token.split_contents()[1:]
    by = token_kwargs(bits, parser)
    if bits:
        raise TemplateSyntaxError(f"keep takes name=value only, not {bits[0]!r}")
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return Kept(nodelist, by)
