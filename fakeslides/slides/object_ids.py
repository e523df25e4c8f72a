"""Object ids: the rule for ids that callers choose, and the ids the server makes up."""

import re
from itertools import count

from fakeslides.slides.presentation import Presentation
from fakeslides.slides.refusal import Refusal

MIN_LENGTH, MAX_LENGTH = 5, 50
_WELL_FORMED = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9_\-:]*", re.ASCII)


def check_new_id(presentation: Presentation, object_id: str) -> None:
    """Refuse an id that a caller must not give to a new object.

    The rule is that of the API's discovery document; the wording about the length is by analogy.

    Raises:
        Refusal: the id is malformed, or something in the presentation has it already.
    """
    if not MIN_LENGTH <= len(object_id) <= MAX_LENGTH:
        raise Refusal(
            f"The object ID ({object_id}) should have a length between {MIN_LENGTH} and {MAX_LENGTH}."
        )
    if not _WELL_FORMED.fullmatch(object_id):
        raise Refusal(
            f"The object ID ({object_id}) should start with a word character [a-zA-Z0-9_] and then followed "
            "by any number of the following characters [a-zA-Z0-9_-:]."
        )
    if presentation.has_object(object_id):
        raise Refusal(f"The object ID ({object_id}) should be unique among all pages and page elements.")


class ObjectIds:
    """Ids for the objects that one batch makes: `SLIDES_API<number>_<n>`, n counting up through the batch."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._next = count()

    def fresh(self, presentation: Presentation) -> str:
        """Return an id that nothing in the presentation has."""
        made = (f"SLIDES_API{self._number}_{n}" for n in self._next)
        return next(object_id for object_id in made if not presentation.has_object(object_id))

    def chosen_or_fresh(self, presentation: Presentation, chosen: str | None) -> str:
        """Return the id a caller chose, once it is found good, or a fresh one.

        Raises:
            Refusal: the chosen id is malformed or taken.
        """
        if not chosen:
            return self.fresh(presentation)
        check_new_id(presentation, chosen)
        return chosen
