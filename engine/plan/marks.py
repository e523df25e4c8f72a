"""What a batch of given requests leaves behind, by which it is known afterwards whether it was applied.

A batch is applied whole or not at all, so one mark speaks for all of it:

- an object that it makes, under an id that was not there before;
- a text that it changes, if what becomes of it can be foreseen;
- an object that it deletes: where it still is, nothing was applied.  Its absence proves something only where
  the batch does nothing else, because others delete things too.

Texts are kept as digests, so that a journal that holds marks holds no text.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from engine.plan.foresight import foresee
from engine.plan.given_requests import GivenRequest
from engine.plan.overtaking import do_overlap
from engine.plan.scene import Scene, object_at
from engine.plan.witness import Witness, written_text


@dataclass(frozen=True, slots=True)
class Marks:
    """Where to look after a write whose answer was lost.

    Attributes:
        made: ids that were not there before the batch and are there after it.
        deleted: ids that were there before it and are not there after it.
        deletes_only: it does nothing but that.
        texts: per place, digests of what it said before, and says after.
        is_idle: it does nothing but look for texts to replace, found none where texts are known, and makes of
            the others the same whether it is applied once or twice.
        counted: of the objects in which requests of the call count, digests before and after;
            empty where it is not there or not known.
    """

    made: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    deletes_only: bool = False
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    is_idle: bool = False
    counted: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def counted_before(self) -> dict[str, str]:
        """What each counted object says if the batch was not applied; not those that were not there."""
        return {name: before for name, (before, _) in self.counted.items() if before}

    @property
    def counted_after(self) -> dict[str, str]:
        """What each counted object says if the batch was applied, and nobody else edits; likewise."""
        return {name: after for name, (_, after) in self.counted.items() if after}

    def judge(self, after: Scene | None) -> Witness:
        """Say whether the batch was applied, given what the presentation shows at a later revision.

        Marks that contradict one another, because somebody else has edited, prove nothing.
        """
        if after is None:
            return Witness.UNKNOWN
        if any(name in after.holder_of for name in self.made):
            return Witness.APPLIED  # nobody else has these ids to give
        if self.is_idle:
            return Witness.NOT_APPLIED  # applied twice, it does what it does when applied once
        found = set(self._votes(after))
        if len(found) != 1:
            return Witness.UNKNOWN
        (verdict,) = found
        is_gone = any(name not in after.holder_of for name in self.deleted)
        return Witness.UNKNOWN if verdict is Witness.NOT_APPLIED and is_gone else verdict

    def _votes(self, after: Scene) -> Iterator[Witness]:
        if self.made:
            yield Witness.NOT_APPLIED
        for place, (before_digest, after_digest) in self.texts.items():
            now = digest_of_text(place, after.texts[place]) if place in after.texts else None
            if now == after_digest:
                yield Witness.APPLIED
            elif now == before_digest:
                yield Witness.NOT_APPLIED
        for name in self.deleted:
            if name in after.holder_of:
                yield Witness.NOT_APPLIED
            elif self.deletes_only:
                yield Witness.APPLIED


def marks_of(
    requests: Sequence[GivenRequest],
    before: Scene | None,
    counted: Collection[str] = (),
    there: Collection[str] = (),
) -> Marks:
    """Return what `requests`, applied together, can be known by.

    Args:
        requests: of one batch.
        before: what they are applied to; None if nobody knows.
        counted: the objects in which requests of the call count.
        there: ids that were there when the call began; where `before` is not known, they may be there still,
            though the call was to delete them before it makes them anew.
    """
    deletes_only = all(request.kind == "deleteObject" for request in requests)
    deleted = [str(each.body.get("objectId")) for each in requests if each.kind == "deleteObject"]
    made = [name for request in requests for name in request.made_ids if name not in deleted]
    if before is None:
        return Marks(made=tuple(name for name in made if name not in there))
    foreseen = foresee(requests, before)
    texts = {} if foreseen is None else dict(_changed(before, foreseen))
    return Marks(
        made=tuple(name for name in made if name not in before.holder_of),
        deleted=tuple(name for name in deleted if name in before.holder_of),
        deletes_only=deletes_only,
        texts=texts,
        is_idle=foreseen == before and _is_harmless_twice(requests, before),
        counted=_counted(counted, before, foreseen),
    )


def _is_harmless_twice(requests: Sequence[GivenRequest], before: Scene) -> bool:
    """Say whether replacements that change no known text do no harm when they are applied twice.

    Texts of layouts and masters are searched as well, and not known.
    """
    if any(request.kind != "replaceAllText" for request in requests):
        return False
    pages = [request.body.get("pageObjectIds") for request in requests]
    if all(each and before.slide_ids.issuperset(each) for each in pages):
        return True
    body, *more = [request.body for request in requests]
    find, written = str(body["containsText"]["text"]), written_text(str(body.get("replaceText", "")))
    return not more and written != "" and not do_overlap(find.casefold(), written.casefold())


def digests_of_objects(names: Collection[str], scene: Scene) -> dict[str, str]:
    """Return, for each of these objects whose text is known, what tells that text from any other."""
    found: dict[str, list[str]] = {}
    for place, text in sorted(scene.texts.items()):
        if object_at(place) in names:
            found.setdefault(object_at(place), []).append(digest_of_text(place, text))
    return {name: digest_of_text(name, "".join(digests)) for name, digests in found.items()}


def _counted(names: Collection[str], before: Scene, after: Scene | None) -> dict[str, tuple[str, str]]:
    then = digests_of_objects(names, before)
    later = {} if after is None else digests_of_objects(names, after)
    return {name: (then.get(name, ""), later.get(name, "")) for name in {**then, **later}}


def digest_of_text(place: str, text: str) -> str:
    """Return what tells a text at a place from any other."""
    return sha256(f"{place}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _changed(before: Scene, after: Scene) -> Iterator[tuple[str, tuple[str, str]]]:
    for place, text in before.texts.items():
        now = after.texts.get(place, text)
        if now != text:
            yield place, (digest_of_text(place, text), digest_of_text(place, now))
