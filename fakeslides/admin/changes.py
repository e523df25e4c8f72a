"""What can be changed: the weather, and nothing of the decks but back to their start."""

from aiohttp import web

from fakeslides.admin.answers import AdminError, json_answer
from fakeslides.admin.guard import read_body
from fakeslides.admin.orders import read_fault_order, read_phase_order, read_scenario
from fakeslides.admin.views import Controlled
from fakeslides.clock import Clock
from fakeslides.progress import NoSuchPhaseError

_ANY_REVISION = "*"


class Changes:
    """Answers PUT, POST and DELETE requests.  A body is read whole and checked before anything is changed.

    Args:
        server: what is changed.
        clock: the server's; an injected fault lasts for seconds of it.
    """

    def __init__(self, server: Controlled, clock: Clock) -> None:
        self._server, self._clock = server, clock

    async def replace_scenario(self, request: web.BaseRequest, _rest: str) -> web.Response:
        """Let another scenario rule, if the revision is the one that `If-Match` names or it names none."""
        scenario = read_scenario(await read_body(request))
        weather, wanted = self._server.weather, request.headers.get("If-Match", _ANY_REVISION)
        if wanted not in {_ANY_REVISION, f'"{weather.revision}"'}:
            if '"' not in wanted:
                text = f'If-Match: {wanted} is not in quotes; write it as the ETag was given, like "{wanted}"'
                raise AdminError(400, text)
            text = f"the scenario's revision is {weather.revision} by now, not {wanted}; read it again"
            raise AdminError(412, text)
        self._server.replace_scenario(scenario)
        return json_answer({"revision": weather.revision}, headers={"ETag": f'"{weather.revision}"'})

    async def change_phase(self, request: web.BaseRequest, _rest: str) -> web.Response:
        """Go to the beginning of the next phase, or of any."""
        name, now = read_phase_order(await read_body(request)), self._clock.now()
        progress = self._server.weather.progress
        try:
            if name is None:
                progress.advance(now)
            else:
                progress.go_to(name, now)
        except NoSuchPhaseError as error:
            raise AdminError(400, str(error)) from error
        return json_answer({"phase": progress.phase(now)})

    async def inject(self, request: web.BaseRequest, _rest: str) -> web.Response:
        """Let a fault strike until its time is over or it is revoked."""
        body, weather = await read_body(request), self._server.weather
        order = read_fault_order(body, weather.scenario)
        fault_id = weather.inject(order.rule, order.for_seconds, self._clock.now())
        return json_answer({"id": fault_id}, 201, {"Location": f"/faults/{fault_id}"})

    async def revoke(self, _request: web.BaseRequest, fault_id: str) -> web.Response:
        """End an injected fault before its time."""
        if not await self._server.revoke(fault_id):
            raise AdminError(404, f"no injected fault {fault_id!r}; it is over, or never was")
        return json_answer({"id": fault_id})

    def give_token(self, *_: object) -> web.Response:
        """Give out an access token, for clients that cannot sign for one."""
        return json_answer({"access_token": self._server.give_access_token()})

    async def reset(self, *_: object) -> web.Response:
        """Go back to the start."""
        await self._server.reset()
        return json_answer({"status": "ok"})
