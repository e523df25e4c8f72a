"""`deckstorm`: one command, whose parts are loaded when they are called for.

The production engine installs without the testbed, so `deckstorm apply` must work without it, and each other
command must say what to install when something it needs is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

import click


@dataclass(frozen=True, slots=True)
class Part:
    """Where a command lives, what it is for, and which extra it needs (None: the base install)."""

    module: str
    attribute: str
    extra: str | None
    summary: str


PARTS: Mapping[str, Part] = {
    "sweep": Part(
        "loadtests.commands.sweep", "sweep", "testbed", "Run scenarios over their settings; judge them."
    ),
    "serve": Part("fakeslides.__main__", "serve", "testbed", "Serve the fake Google Slides alone."),
    "apply": Part("engine.__main__", "apply", None, "Edit a real or fake presentation."),
    "plan": Part("loadtests.commands.plan", "plan", "testbed", "Say how far concurrency can be raised."),
    "gate": Part("loadtests.commands.gate", "gate", "testbed", "Judge stored results again."),
    "scenarios": Part("loadtests.commands.scenarios", "scenarios", "testbed", "List or check scenarios."),
    "simulate": Part(
        "loadtests.commands.simulate", "simulate", "testbed", "Try thousands of seeds in virtual time."
    ),
    "replay": Part(
        "loadtests.commands.replay", "replay", "testbed", "Tell one seed again, as a timeline; shrink it."
    ),
    "locust": Part("loadtests.commands.locust", "locust", "locust", "Run Locust's users against the fake."),
}
INTERRUPTED = 130
NEEDED_BY_EXTRA: Mapping[str, frozenset[str]] = {
    "testbed": frozenset({"rich", "trustme", "cryptography"}),
    "locust": frozenset({"rich", "trustme", "cryptography", "locust", "gevent"}),
}


class LazyGroup(click.Group):
    """A group that imports a command only when that command is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        del ctx
        return list(PARTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None when there is no such one.

        Raises:
            click.UsageError: something it needs is not installed.
        """
        del ctx
        part = PARTS.get(cmd_name)
        return None if part is None else _load(cmd_name, part)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; Ctrl-C at a moment when it does not see to that itself ends it with 130."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, so that help needs nothing installed."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, part.summary) for name, part in PARTS.items()])


def _load(name: str, part: Part) -> click.Command:
    try:
        module = import_module(part.module)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if part.extra is None or missing not in NEEDED_BY_EXTRA[part.extra]:
            raise
        raise click.UsageError(
            f"deckstorm {name} needs {missing}, which is not installed; "
            f"install it with: pip install 'deckstorm[{part.extra}]'"
        ) from None
    command = getattr(module, part.attribute)
    assert isinstance(command, click.Command), f"{part.module}.{part.attribute} is a command"
    return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="deckstorm")
def main() -> None:
    """A resilience testbed for programs that edit Google Slides."""


if __name__ == "__main__":
    main()
