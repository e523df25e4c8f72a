"""A YAML file as plain data, with the line of every key.

Only mappings, lists and text are read: every scalar stays text until a model gives it a meaning, so YAML's
own guesses (`on`, `1:30`, dates) cannot change one.  Tags, aliases, duplicate keys and absurd depth are
refused.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.resolver import BaseResolver

from fakeslides.scenario.problems import KeyPath, Problem

DEEPEST = 32
_NOTHING = {"", "~", "null"}
_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq", "int", "float", "bool", "null")}


class Document:
    """A file's content (`data`), the problems of its form, and where each key stands."""

    def __init__(self, text: str) -> None:
        self.problems: list[Problem] = []
        self._lines: dict[KeyPath, int] = {(): 1}
        self.data: Any = None
        try:
            events = list(_parsed(text, self.problems))
            if not self.problems:
                self._read(events)
        except yaml.YAMLError as error:
            self.problems.append(Problem((), f"is not YAML: {_say(error)}", _line_of(error)))
        except (ValueError, OverflowError):  # the parser takes an escape's or a directive's number unseen
            text = "is not YAML: a number in it is out of range; check escapes like \\U0010FFFF and %YAML"
            self.problems.append(Problem((), text))

    def line_of(self, path: KeyPath) -> int:
        """Return the line of a key, or of the nearest key above it that is in the file."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def _read(self, events: list[yaml.Event]) -> None:
        node = _Composer(events).get_single_node()
        if node is not None:
            self.data = self._value(node, ())

    def _value(self, node: yaml.Node, path: KeyPath) -> Any:  # noqa: ANN401 # YAML holds anything
        self._lines.setdefault(path, _first_line(node))
        if node.tag not in _PLAIN_TAGS:
            self._refuse(node, path, f"the tag {node.tag!r} is refused; write plain values")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        text = self._text(node, path)
        return None if getattr(node, "style", None) is None and text in _NOTHING else text

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(key_node, path, "a key is a list or mapping; write a name")
                continue
            key = self._text(key_node, path)
            if key_node.tag not in _PLAIN_TAGS:
                self._refuse(key_node, (*path, key), f"the tag {key_node.tag!r} is refused; write plain keys")
            if key in found:
                first = self._lines[*path, key]
                text = f"is given a second time (first in line {first}); keep one of them"
                self._refuse(key_node, (*path, key), text)
            self._lines[*path, key] = _first_line(key_node)
            found[key] = self._value(value_node, (*path, key))
        return found

    def _text(self, node: yaml.Node, path: KeyPath) -> str:
        """Return a scalar's text; an escaped half of a character is no text that could be shown.

        JSON escapes some characters in two halves, which YAML reads one by one.
        """
        text = str(node.value).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        showable = text.encode("utf-8", "replace").decode()
        if showable != text:
            self._refuse(node, path, "holds half of a character; write the character itself, unescaped")
        return showable

    def _refuse(self, node: yaml.Node, path: KeyPath, text: str) -> None:
        self.problems.append(Problem(path, text, _first_line(node)))


class _Composer(Composer, BaseResolver):
    """Makes nodes of events that were parsed before."""

    def __init__(self, events: Sequence[yaml.Event]) -> None:
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self._events = deque(events)

    def check_event(self, *kinds: type[yaml.Event]) -> bool:
        return bool(self._events) and (not kinds or isinstance(self._events[0], kinds))

    def peek_event(self) -> yaml.Event:
        return self._events[0]

    def get_event(self) -> yaml.Event:
        return self._events.popleft()


def _parsed(text: str, problems: list[Problem]) -> Iterator[yaml.Event]:
    """Yield the events of a text, and add aliases and absurd depth, which ends it, to the problems."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        line = _first_line(event)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            too_deep = f"is nested deeper than {DEEPEST} levels; a scenario needs five"
            problems.append(Problem((), too_deep, line))
            return
        if isinstance(event, yaml.AliasEvent):
            problems.append(Problem((), f"the alias *{event.anchor} is refused; write the value out", line))
        yield event


def _first_line(place: yaml.Node | yaml.Event) -> int:
    return place.start_mark.line + 1 if place.start_mark is not None else 1


def _line_of(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark is not None else 1


def _say(error: yaml.YAMLError) -> str:
    text = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return f"{' '.join(str(text).split())}; check quotes, brackets and indentation"
