"""Values from other queries, beside the columns of one's own."""

from django.db.models import IntegerField, Subquery


class CountOf(Subquery):
    """How many rows a query gives. Each count gets a plan of its own, which conditions in one aggregate do not."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
