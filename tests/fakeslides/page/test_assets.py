import re
from typing import get_args

import aiohttp
import pytest

from fakeslides.page.assets import asset_response, load_assets
from fakeslides.scenario.rules import Method
from fakeslides.server import FakeSlides

ASSETS = load_assets()


def test_the_page_names_only_files_that_ship() -> None:
    """It works offline, and a file that is missing would break it silently."""
    page = ASSETS["/"].body.decode()
    named = set(re.findall(r'(?:src|href)="(/[^"#]*)"', page))
    imported = {
        "/page/" + name
        for asset in ASSETS.values()
        if asset.content_type == "text/javascript"
        for name in re.findall(r'from "\./([^"]+)"', asset.body.decode())
    }

    assert named | imported <= set(ASSETS)


def test_nothing_in_it_points_elsewhere() -> None:
    """No font, script or picture comes from another host."""
    for path, asset in ASSETS.items():
        addresses = set(re.findall(rb"https?://[^\s\"'`)]+", asset.body))
        assert addresses <= {b"http://www.w3.org/2000/svg", b"http://www.w3.org/1999/xhtml"}, path


def test_no_script_or_style_stands_in_the_page_itself() -> None:
    """The policy forbids them, because a deck's text must never become one."""
    page = ASSETS["/"].body.decode()

    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page) == []


@pytest.mark.parametrize("directive", ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"])
def test_every_file_carries_the_policy(directive: str) -> None:
    """A file opened by itself is as closed as the page."""
    for asset in ASSETS.values():
        policy = asset_response(asset).headers["Content-Security-Policy"]

        assert directive in policy
        assert "unsafe" not in policy


async def test_the_page_needs_no_token_for_it_holds_no_secret() -> None:
    """A browser can't send a header with an address that is typed in."""
    async with (
        FakeSlides() as fake,
        aiohttp.ClientSession(fake.admin_url) as session,
        session.get("/") as answer,
    ):
        text = await answer.text()

    assert (answer.status, answer.content_type) == (200, "text/html")
    assert fake.admin_token not in text


def test_every_method_can_be_aimed_at() -> None:
    """The list stands in the page itself, so it could fall behind the models."""
    page = ASSETS["/"].body.decode()
    offered = set(re.findall(r'<option value="([^"]+)">', page))

    assert offered == set(get_args(Method))
