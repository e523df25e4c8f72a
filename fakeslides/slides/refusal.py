"""Why one request cannot be applied."""


class Refusal(Exception):
    """One request cannot be applied.

    The text is what Google would say after `Invalid requests[i].kind: `; whoever applies the whole batch
    knows the index and puts it in front.
    """
