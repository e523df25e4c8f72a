"""A machine without a network, as far as names go."""

import socket
from typing import Any

import pytest


@pytest.fixture
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every name but localhost, as a machine without a network would."""
    resolve = socket.getaddrinfo

    def resolve_localhost(host: str, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 # as socket has it
        if host in {"localhost", "127.0.0.1"}:
            return resolve(host, *arguments, **named)
        raise socket.gaierror(socket.EAI_NONAME, f"{host} is outside")

    monkeypatch.setattr(socket, "getaddrinfo", resolve_localhost)
