"""The short log of the page that opens without network."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coaching.forms.rows import StepForm
from coaching.forms.session import LONGEST_NAME, SessionForm


class ShortLogForm(forms.Form):
    """What a coach remembers in the yard, under the session form's own names: what is sent becomes its draft.

    The company is typed: without network nobody can say which companies there are, and none is kept on the device.
    """

    company_name = forms.CharField(label=_("Företagsnamn"), required=False, max_length=LONGEST_NAME)
    date = SessionForm.base_fields["date"]
    minutes = SessionForm.base_fields["minutes"]
    minutes_other = SessionForm.base_fields["minutes_other"]
    channel = SessionForm.base_fields["channel"]
    note = SessionForm.base_fields["note"]

    def __init__(self) -> None:
        super().__init__(auto_id="id_%s")
        self.fields["company_name"].widget.attrs["autocomplete"] = "off"
        self.fields["minutes_other"].widget.attrs["inputmode"] = "numeric"
        self.fields["steps-0-what"] = forms.CharField(
            label=_("Nästa steg"),
            required=False,
            max_length=StepForm.base_fields["what"].max_length,  # type: ignore[attr-defined]
        )

    @property
    def step(self) -> forms.BoundField:
        """The first next step, whose name no template can write."""
        return self["steps-0-what"]
