"""Every address of the admin API, and who answers it."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from fakeslides.admin.answers import AdminError, error_answer
from fakeslides.admin.changes import Changes
from fakeslides.admin.guard import Guard
from fakeslides.admin.views import Controlled, Views
from fakeslides.clock import Clock

_Answer = Callable[[web.BaseRequest, str], Awaitable[web.Response] | web.Response]


class Admin:
    """Answers admin requests.

    Args:
        server: what is looked into and changed.
        clock: the server's.
        token: what a request must bear.
    """

    def __init__(self, server: Controlled, clock: Clock, token: str) -> None:
        self._guard = Guard(token)
        views, changes = Views(server, clock), Changes(server, clock)
        # What ends in / stands for all that is right below it.
        self._addresses: Mapping[str, Mapping[str, _Answer]] = {
            "/health": {"GET": views.health},
            "/stats": {"GET": views.stats},
            "/ledger": {"GET": views.ledger},
            "/fired": {"GET": views.fired},
            "/metrics": {"GET": views.metrics},
            "/presentations/": {"GET": views.presentation},
            "/scenario": {"GET": views.scenario, "PUT": changes.replace_scenario},
            "/phase": {"POST": changes.change_phase},
            "/faults": {"GET": views.faults, "POST": changes.inject},
            "/faults/": {"DELETE": changes.revoke},
            "/token": {"POST": changes.give_token},
            "/reset": {"POST": changes.reset},
        }

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Answer one request."""
        try:
            self._guard.check_host(request)
            self._guard.check_token(request)
            answer, rest = self._find(request)
            found = answer(request, rest)
            return found if isinstance(found, web.Response) else await found
        except AdminError as error:
            refusal = error_answer(error)
            if request.content.exception() is not None:  # nobody knows where its body ends
                refusal.force_close()
            return refusal

    def foreign_host(self, request: web.BaseRequest) -> web.Response | None:
        """Return the refusal of a request whose Host header is not local, None for any other."""
        return _refusal(self._guard.check_host, request)

    def stranger(self, request: web.BaseRequest) -> web.Response | None:
        """Return the refusal of a request that doesn't bear the token, None for any other."""
        return _refusal(self._guard.check_token, request)

    def _find(self, request: web.BaseRequest) -> tuple[_Answer, str]:
        """Return who answers a request, and the part of its path that says what it is about."""
        folder, _, rest = request.path[1:].partition("/")
        methods = self._addresses.get(f"/{folder}/" if rest else f"/{folder}")
        if methods is None:
            raise AdminError(404, f"no such page: {request.path}; known here: {', '.join(self._addresses)}")
        if request.method not in methods:
            allowed = ", ".join(methods)
            text = f"{request.method} is not allowed here; use {allowed}"
            raise AdminError(405, text, headers={"Allow": allowed})
        return methods[request.method], rest


def _refusal(check: Callable[[web.BaseRequest], None], request: web.BaseRequest) -> web.Response | None:
    try:
        check(request)
    except AdminError as error:
        return error_answer(error)
    return None
