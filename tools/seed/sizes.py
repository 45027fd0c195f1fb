"""How much of everything there is at each scale."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Rows to load. `open_per_coach` stays the same: what grows is what lies behind a coach, not her week."""

    coaches: int
    companies: int
    sessions: int
    meetings: int
    notifications: int
    open_per_coach: int = 9

    @property
    def open_engagements(self) -> int:
        """How many engagements go on; some companies are always between two, or done."""
        return min(self.coaches * self.open_per_coach, self.companies * 6 // 10)

    @property
    def coached(self) -> int:
        """How many companies have ever been coached."""
        return self.companies * 92 // 100


SIZES = {
    1: Size(100, 1_500, 30_000, 200, 15_000),
    60: Size(1_000, 50_000, 2_000_000, 20_000, 1_000_000),
}
YEARS = 6  # behind us, at every scale
