"""The timeline in a terminal: what happened, a line each, in order, and last what broke."""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from loadtests.timeline.happenings import BROKEN, Happening, happenings_of
from loadtests.timeline.story import Story
from loadtests.timeline.words import Tone, scene_words, size_words, summary_words

_STYLES: dict[Tone, str] = {"good": "green", "plain": "", "odd": "yellow", "bad": "red"}
_WIDEST_LANE = 44
_WIDEST_KIND = 12


def timeline_lines(story: Story, *, is_verbose: bool = False) -> Iterator[Text]:
    """Yield the lines of a timeline.

    The first say what run it is; the last, what it comes to and what broke.

    Args:
        story: what to tell.
        is_verbose: tell everything; otherwise attempts, strikes, breakers, remarks and fates other than
            `applied`, with long rows of what is alike folded.
    """
    yield Text(scene_words(story), style="bold")
    yield Text(story.scene.promise)
    yield Text(size_words(story), style="dim")
    yield Text()
    happenings = happenings_of(story, is_verbose=is_verbose)
    lane_width = min(_WIDEST_LANE, max((len(happening.lane) for happening in happenings), default=0))
    for happening in happenings:
        yield _line(happening, lane_width)
    yield Text()
    for name, words in summary_words(story):
        yield Text.assemble((f"{name}: ", "bold"), words)
    yield from _verdict(story)


def tell(console: Console, story: Story, *, is_verbose: bool = False) -> None:
    """Print a timeline: coloured and cut to its width on a terminal, plain and whole elsewhere."""
    for line in timeline_lines(story, is_verbose=is_verbose):
        is_cut = console.is_terminal and line.no_wrap
        console.print(line, soft_wrap=not is_cut, no_wrap=is_cut, overflow="ellipsis" if is_cut else None)


def _line(happening: Happening, lane_width: int) -> Text:
    lane = happening.lane if len(happening.lane) <= lane_width else f"…{happening.lane[1 - lane_width :]}"
    style = "bold red" if happening.what == BROKEN else _STYLES[happening.tone]
    return Text.assemble(
        (f"{happening.at_seconds:10.3f}  ", "dim"),
        (f"{lane:<{lane_width}}  ", ""),
        (f"{happening.what:<{_WIDEST_KIND}}  ", style),
        (" ".join(happening.words.split()), style),
        no_wrap=happening.what != BROKEN,
    )


def _verdict(story: Story) -> Iterator[Text]:
    if not story.broken:
        yield Text("nothing broke", style="bold green")
    for remark in story.broken:
        yield Text(f"broken at {remark.at_seconds:.3f} s: {remark.text}", style="bold red")
