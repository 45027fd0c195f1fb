"""What a password must not be: one that a cracking program would try early. Works offline."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from coachnet.accounts.models import User

# What people here reach for first: zxcvbn brings English words only. Beside them, the person's own name and mail.
LOCAL_WORDS = """
    coachnet coach affärscoach affarscoach nätverk natverk sciencepark borås boras göteborg goteborg trollhättan
    skövde rise västra vastra götaland gotaland sjuhärad cirkulär cirkular lösenord losenord välkommen valkommen
    sommar vinter vår höst host hejsan hemlig hemligt sverige kärlek måndag tisdag onsdag torsdag fredag lördag
    söndag januari februari mars april maj juni juli augusti september oktober november december
""".split()  # noqa: SIM905  (a list of sixty quoted words reads worse)
LONGEST = 72  # zxcvbn refuses longer ones; what counts shows in the beginning
FEWEST_GUESSES = 10**9


class GuessableValidator:
    """Refuses passwords that zxcvbn would guess within a milliard tries.

    It knows 30 000 leaked passwords, names, words, keyboard rows, dates, repeats and letters swapped for
    digits, also when several are strung together to reach the length. Raises ValidationError.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError if the password is easy to guess for someone who knows the person."""
        # The word lists take 10 MB and a third of a second: loaded when the first password is chosen.
        from zxcvbn import zxcvbn

        words = [*LOCAL_WORDS, *(_words_of(user) if user else [])]
        if zxcvbn(password[:LONGEST], user_inputs=words)["guesses"] < FEWEST_GUESSES:
            raise ValidationError(self.get_help_text(), code="password_guessable")

    def get_help_text(self) -> str:
        """The rule in words, which is also the error."""
        return gettext(
            "Välj något svårare att gissa, till exempel fyra ord som inte hör ihop. "
            "Undvik namn, årtal och lösenord som du har använt på annat håll."
        )


def _words_of(user: User) -> list[str]:
    """What anybody can find out about the person, whole and in parts."""
    parts = [user.phone, user.email, *user.email.split("@"), *user.name.split(), "".join(user.name.split())]
    return [part for part in parts if part]
