"""Tests of seed and bench, on a network that is small enough for a suite."""

from tools.seed.sizes import Size

SMALL = Size(coaches=6, companies=40, sessions=400, meetings=40, notifications=150)
