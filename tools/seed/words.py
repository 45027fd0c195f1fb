"""Invented names. First halves and second halves of places, so that 50,000 companies get names nobody has."""

from itertools import cycle, product
from random import Random

from companies.organisation_number import luhn_holds

FIRST_HALVES = (
    "Alm Ask Asp Berg Björk Blåklint Bok Brunns Dal Ek En Fall Fjäll Furu Gran Grön Gull Hagtorn Hassel Havre "
    "Hjort Holm Humle Häger Hög Klöver Korn Kvarn Käll Lind Ljung Lund Lö Lövs Moss Mår Mör Nor Ny Näckros Oxel "
    "Pil Ring Råg Rönn Sand Skog Slån Sten Strand Ström Svan Säv Tall Torp Ull Vass Vide Åker Älv Ängs Örn"
)
SECOND_HALVES = (
    "backa berga bro by dala fallet fors gärde hagen hamra holma hult hyttan kulla lid lunda lyckan mark mossa "
    "myra måla näs ryd skoga stad stråket sund torpet tuna udden vads viken ås åsen änga ö"
)
# By the division of SNI 2025 that a company is in.
TRADES = {
    "10": "Livsmedel Bageri Mejeri Charkuteri",
    "13": "Textil Väveri Tyg",
    "14": "Konfektion Sömnad Arbetskläder",
    "16": "Trä Snickeri Moduler",
    "17": "Emballage Kartong",
    "22": "Plast Gummi",
    "25": "Plåt Smide Svets",
    "28": "Maskin Verkstad",
    "31": "Möbler Inredning",
    "33": "Service Underhåll",
    "38": "Återvinning Returer",
    "46": "Partihandel Grossist",
    "47": "Butik Handel",
    "95": "Reparation Lagning",
}
OTHER_TRADES = "Produkter Teknik Design Miljö Bygg"
PEOPLE_FIRST = (
    "Agnes Alva Amina Anders Ann-Sofi Arvid Asta Bengt Bodil Cecilia Dag Dina Disa Ebba Edvin Elias Emir Fatima "
    "Folke Frida Greta Gustav Hanna Hassan Hedda Håkan Ibrahim Ida Inger Isak Johan Josefin Karl Klara Leila Lars "
    "Linnea Love Majken Malte Mirela Mats Nadja Nils Noor Olle Pernilla Petter Ragna Rolf Saga Samir Signe Sten "
    "Tilda Tove Ulrika Valter Vera Viktor Yasmin Yngve Åke Åsa Örjan"
)
PEOPLE_LAST = (
    "Aldén Almgren Askling Bergvall Björklid Brodd Dahlberg Edlund Ekeroth Enmark Falkenå Forsell Frejd Granvik "
    "Haddad Hallin Hedvall Holmer Isling Jarnås Kallén Kovač Kvist Lidman Lindhe Ljungmark Lövås Malmsjö Mårdh "
    "Nazari Norring Nyvall Oddner Palmryd Pilfeldt Qvist Rosenlid Rydmark Salim Sandvall Skoogh Stenlid Strandh "
    "Sundmark Svanell Tallvik Torpman Ullfors Vassvik Wäring Åhlvik Älvmark Ängmo Öberg"
)
TITLES = (
    "vd",
    "vd",
    "ägare",
    "produktionschef",
    "hållbarhetsansvarig",
    "inköpare",
    "ekonomichef",
    "designer",
)
PLAIN = str.maketrans("åäöéčü", "aaoecu")
# All numbers of ten digits that begin with 4 and are no personnummer; a prime step visits each once.
NUMBERS, STEP = 80_000_000, 48_271


def place_names(chance: Random) -> list[str]:
    """Every pair of halves, shuffled."""
    names = [first + second for first, second in product(FIRST_HALVES.split(), SECOND_HALVES.split())]
    chance.shuffle(names)
    return names


def trade(sni: str, number: int) -> str:
    """What a company of a division calls itself."""
    words = TRADES.get(sni, OTHER_TRADES).split()
    return words[number % len(words)]


def organisation_number(number: int) -> str:
    """The n-th invented number: begins with 4, third digit at least 2, right check digit. No two are the same."""
    place = number * STEP % NUMBERS
    second, rest = divmod(place, 8_000_000)
    third, last = divmod(rest, 1_000_000)
    body = f"4{second}{third + 2}{last:06}"
    return next(body + digit for digit in "0123456789" if luhn_holds(body + digit))


def people_names(chance: Random) -> "cycle[str]":
    """Names of people, each pair once before any comes again."""
    names = [f"{first} {last}" for first, last in product(PEOPLE_FIRST.split(), PEOPLE_LAST.split())]
    chance.shuffle(names)
    return cycle(names)


def mailbox(name: str) -> str:
    """A name as the part of an address before the @."""
    return name.lower().translate(PLAIN).replace(" ", ".").replace("-", "")
