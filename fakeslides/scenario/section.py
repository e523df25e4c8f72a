"""What every part of a scenario has in common: it never changes, and it refuses keys it does not know."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A mapping of a scenario file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def only_key_of(self, *keys: str) -> str:
        """Return which one of `keys` is given.

        Raises:
            ValueError: none or several are.
        """
        given = [key for key in keys if getattr(self, key) is not None]
        if len(given) != 1:
            stands = " and ".join(given) if given else "none of them"
            raise ValueError(f"{stands} is given; give exactly one of {', '.join(keys)}")
        return given[0]
