"""Where an element stands: affine transforms, as Google writes them."""

from typing import Any

from fakeslides.slides.text import Json

_EMU_PER_POINT = 12700


def compose(outer: Json, inner: Json) -> dict[str, Any]:
    """Return the transform that does `inner` and then `outer`, such as a group's after that of its child.

    Zero components are left out, as proto3 JSON leaves out defaults; the result is in EMU.
    """
    a, b = _matrix(outer), _matrix(inner)
    composed = {
        "scaleX": a["scaleX"] * b["scaleX"] + a["shearX"] * b["shearY"],
        "scaleY": a["shearY"] * b["shearX"] + a["scaleY"] * b["scaleY"],
        "shearX": a["scaleX"] * b["shearX"] + a["shearX"] * b["scaleY"],
        "shearY": a["shearY"] * b["scaleX"] + a["scaleY"] * b["shearY"],
        "translateX": a["scaleX"] * b["translateX"] + a["shearX"] * b["translateY"] + a["translateX"],
        "translateY": a["shearY"] * b["translateX"] + a["scaleY"] * b["translateY"] + a["translateY"],
    }
    return {name: value for name, value in composed.items() if value} | {"unit": "EMU"}


def _matrix(transform: Json) -> dict[str, float]:
    scale = _EMU_PER_POINT if transform.get("unit") == "PT" else 1
    matrix = {name: float(transform.get(name, 0)) for name in ("scaleX", "scaleY", "shearX", "shearY")}
    return matrix | {name: float(transform.get(name, 0)) * scale for name in ("translateX", "translateY")}
