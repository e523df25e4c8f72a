"""A failing seed as it gets smaller, for a person who watches."""

from typing import Self

from rich.console import Console
from rich.status import Status

from loadtests.swarm.profile import Profile


class ShrinkProgress:
    """A line with the size of what is kept; nothing where the console is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = Status("shrinking", console=console)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._status.stop()

    def kept(self, profile: Profile) -> None:
        """Show what is kept by now."""
        self._status.update(f"shrinking: {size_words(profile)}")


def size_words(profile: Profile) -> str:
    """Return how large a profile is: such as `3 faults, 2 whims, 1 setting, 4 decks`."""
    counts = {
        "fault": len(profile.scenario.faults),
        "whim": len(profile.whims.listed()),
        "setting": len(profile.engine),
        "deck": profile.scenario.workload.presentations,
    }
    return ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items())
