"""An address is used whole and shown without its password."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.quota.redis_address import RedisAddress


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://cache", "redis://cache:6379/0"),
        ("redis://cache:7000/3", "redis://cache:7000/3"),
        ("rediss://ada:secret@cache/", "rediss://cache:6379/0"),
        ("redis://:secret@[::1]:7000", "redis://[::1]:7000/0"),
    ],
)
def test_it_shows_where_and_nobodys_password(url: str, shown: str) -> None:
    """Logs and reports are read by many."""
    address = RedisAddress.of(url)

    assert (address.url, address.shown, str(address)) == (url, shown, shown)
    assert "secret" not in repr(address)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("cache:6379", "expected redis://"),
        ("http://cache", "expected redis://"),
        ("redis://", "names no host"),
        ("redis://:sec/ret@cache", "expected redis://"),
        ("redis://:sec#ret@cache", "expected redis://"),
        ("redis://cache:secret", "expected redis://"),
        ("redis://cache/one", "number of a database"),
        ("redis://cache/0?password=secret", "may follow"),
        ("redis://[::1", "expected redis://"),
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(url: str, why: str) -> None:
    """A typing error in a password must not write it to the terminal."""
    with pytest.raises(ValueError, match=why) as refused:
        RedisAddress.of(url)

    assert "sec" not in str(refused.value)
    assert refused.value.__cause__ is None


@given(st.text(min_size=1))
def test_a_password_is_taken_out_of_what_others_say(password: str) -> None:
    """A library may put it in an error."""
    written = quote(password.encode("utf-8", "replace"), safe="")
    address = RedisAddress.of(f"redis://:{written}@cache")

    assert written not in address.without_password(f"wrong: {written}").removeprefix("wrong: ")


def test_a_text_without_a_password_stays_as_it_is() -> None:
    """Most addresses have none."""
    assert RedisAddress.of("redis://cache").without_password("timed out") == "timed out"
