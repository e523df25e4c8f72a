"""Digests."""

from engine.journal.digests import digest_of_map, digest_of_pages, digest_of_requests
from engine.plan.given_requests import given_requests


def test_digests_tell_the_order_of_replacements_and_the_salt() -> None:
    """Edits apply in order, so another order is another wish."""
    there, back = {"a": "b", "b": "c"}, {"b": "c", "a": "b"}

    assert digest_of_map(there, "x") != digest_of_map(back, "x")
    assert digest_of_map(there, "x") != digest_of_map(there, "y")


def test_digests_do_not_tell_the_order_of_pages() -> None:
    """Two reads may list them differently."""
    assert digest_of_pages({"p": ("a",), "q": ()}, "x") == digest_of_pages({"q": (), "p": ("a",)}, "x")


def test_digests_tell_requests_their_order_and_the_salt() -> None:
    """In another order they make something else; without a salt, equal texts of two calls would show."""
    requests = [{"deleteObject": {"objectId": "a"}}, {"deleteObject": {"objectId": "b"}}]

    there, back = (given_requests("p", each, "s") for each in (requests, requests[::-1]))

    assert digest_of_requests(there, "x") == digest_of_requests(given_requests("p", requests, "s"), "x")
    assert digest_of_requests(there, "x") != digest_of_requests(back, "x")
    assert digest_of_requests(there, "x") != digest_of_requests(there, "y")
