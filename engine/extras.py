"""What is missing when what an extra brings cannot be imported, in a sentence that helps."""


class MissingExtra(ImportError):
    """A package is not installed that only an extra of deckstorm brings.

    Args:
        package: as it is called where packages come from.
        extra: the extra of deckstorm that brings it.
    """

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed; it comes with: pip install 'deckstorm[{extra}]'")
