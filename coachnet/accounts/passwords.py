"""What a password must not be: one that a cracking program would try early. Works offline."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from coachnet.accounts.models import User

# Words that anybody would guess here, beside the person's own.
LOCAL_WORDS = [
    "coachnet",
    "affärscoach",
    "science",
    "park",
    "borås",
    "rise",
    "västra",
    "götaland",
    "cirkulär",
]
LONGEST = 72  # zxcvbn refuses longer ones; what counts shows in the beginning


class GuessableValidator:
    """Refuses passwords that zxcvbn would guess within 10^8 tries.

    It knows 30 000 leaked passwords, names, English words, keyboard rows, dates, repeats and letters swapped
    for digits, also when several are strung together to reach the length. Raises ValidationError.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError if the password is easy to guess for someone who knows the person."""
        # The word lists take 10 MB and a third of a second: loaded when the first password is chosen.
        from zxcvbn import zxcvbn

        own = [user.email, user.name, user.phone, *user.name.split(), *user.email.split("@")] if user else []
        if zxcvbn(password[:LONGEST], user_inputs=[*LOCAL_WORDS, *filter(None, own)])["score"] < 3:
            raise ValidationError(self.get_help_text(), code="password_guessable")

    def get_help_text(self) -> str:
        """The rule in words, which is also the error."""
        return gettext(
            "Välj något svårare att gissa, till exempel fyra ord som inte hör ihop. "
            "Undvik namn, årtal och lösenord som du har använt på annat håll."
        )
