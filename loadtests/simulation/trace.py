"""The ordered account of a run: all that was told and every byte on the wire, as one hash."""

from hashlib import blake2b


class Trace:
    """Takes down what happens, in order.

    Two runs with one digest did the same things at the same virtual times.

    Args:
        keeps_lines: also keep what was noted, so that two runs can be compared line by line.
    """

    def __init__(self, *, keeps_lines: bool = False) -> None:
        self._hash = blake2b(digest_size=16)
        self.lines: list[str] | None = [] if keeps_lines else None
        self.count = 0

    def note(self, now: float, what: str) -> None:
        """Note that `what` happened at `now` seconds of the world's clock."""
        line = f"{now:.9f} {what}\n"
        self._hash.update(line.encode("utf-8", "surrogatepass"))
        self.count += 1
        if self.lines is not None:
            self.lines.append(line)

    def digest(self) -> str:
        """Return the hash of all that was noted so far, 32 hexadecimal digits."""
        return self._hash.hexdigest()


def first_difference(one: list[str], other: list[str]) -> str | None:
    """Return in words where two kept traces part, None if they are the same."""
    for number, (left, right) in enumerate(zip(one, other, strict=False), start=1):
        if left != right:
            return f"event {number}:\n  first run:  {left.rstrip()}\n  second run: {right.rstrip()}"
    if len(one) == len(other):
        return None
    longer, which = (one, "first") if len(one) > len(other) else (other, "second")
    number = min(len(one), len(other)) + 1
    return f"event {number}: only the {which} run has {longer[number - 1].rstrip()}"
