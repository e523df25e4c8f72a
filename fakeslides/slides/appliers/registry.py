"""The kinds of request that can be applied."""

from collections.abc import Callable, Mapping
from typing import Any

from fakeslides.slides.appliers.create_element import create_table, creating
from fakeslides.slides.appliers.create_shape import create_shape
from fakeslides.slides.appliers.create_slide import create_slide
from fakeslides.slides.appliers.delete_object import delete_object
from fakeslides.slides.appliers.delete_text import delete_text
from fakeslides.slides.appliers.duplicate_object import duplicate_object
from fakeslides.slides.appliers.insert_text import insert_text
from fakeslides.slides.appliers.replace_all_text import replace_all_text
from fakeslides.slides.appliers.update_alt_text import update_alt_text
from fakeslides.slides.object_ids import ObjectIds
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.text import Json

Applier = Callable[[Presentation, Json, ObjectIds], dict[str, Any]]
"""Changes the presentation as a request's body says and returns the reply; raises `Refusal` if it cannot."""

APPLIERS: Mapping[str, Applier] = {
    "replaceAllText": replace_all_text,
    "insertText": insert_text,
    "deleteText": delete_text,
    "createSlide": create_slide,
    "createShape": create_shape,
    "deleteObject": delete_object,
    "duplicateObject": duplicate_object,
    "createImage": creating("createImage"),
    "createLine": creating("createLine"),
    "createSheetsChart": creating("createSheetsChart"),
    "createTable": create_table,
    "createVideo": creating("createVideo"),
    "updatePageElementAltText": update_alt_text,
}
