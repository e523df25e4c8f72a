"""A Redis server in which processes of several machines note their calls; the extra `redis` brings it.

The server compares and sets in one script, which nothing else can come between, and says what time it is by
its own clock: those of the machines need not agree.
"""

from asyncio import TaskGroup
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from engine.errors import QuotaServerError, QuotaServerUnreachable
from engine.extras import MissingExtra
from engine.quota.keeper import Seen
from engine.quota.redis_address import RedisAddress
from engine.quota.remote_log import LONGEST_ANSWER_SECONDS
from engine.quota.remote_pacing import RemotePacing
from engine.quota.sharing import Surroundings
from engine.quota.state import Held
from engine.quota.subject import QuotaSubject
from engine.settings import EngineSettings

try:
    from redis import exceptions
    from redis.asyncio import Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
except ImportError:
    raise MissingExtra("redis", "redis") from None

_KEPT_FOR_SECONDS = 86_400  # longer than anything in it means anything
_PROBE_KEY, _PROBE_KEPT_FOR_SECONDS = "deckstorm:quota:probe", 1
# Both are called connection errors.
_REFUSALS = (exceptions.AuthenticationError, exceptions.AuthorizationError)

# Arguments: the version that is known, the one to keep ("" to look), its text, how long to keep it.
_SCRIPT = """
local version = redis.call('HGET', KEYS[1], 'version') or ''
if ARGV[2] ~= '' and version == ARGV[1] then
    redis.call('HSET', KEYS[1], 'version', ARGV[2], 'text', ARGV[3])
    redis.call('EXPIRE', KEYS[1], ARGV[4])
    version = ARGV[2]
end
local text = ''
if version ~= '' and version ~= ARGV[1] and version ~= ARGV[2] then
    text = redis.call('HGET', KEYS[1], 'text') or ''
end
local server, time = redis.call('INFO', 'server'), redis.call('TIME')
local run_id, uptime = server:match('run_id:(%w+)'), server:match('uptime_in_seconds:(%d+)')
return {version, text, time[1], time[2], run_id or '', uptime or '0'}
"""


class RedisQuota:
    """A Redis server with the calls of all; an async context manager, for the engines of one event loop.

    Args:
        url: `redis://` or `rediss://`, with the password if it takes one.
        speed: seconds of the engines' clocks in one of the server's; other than 1 only for trying things out.

    Raises:
        ValueError: the address is none.
        QuotaServerUnreachable: on entering, nobody answers there.
        QuotaServerError: on entering, who answers is of no use.
    """

    def __init__(self, url: str, *, speed: float = 1.0) -> None:
        self._address, self._speed = RedisAddress.of(url), speed
        self._redis = Redis.from_url(
            url,
            socket_timeout=LONGEST_ANSWER_SECONDS,
            socket_connect_timeout=LONGEST_ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 1),  # a connection that was idle for long may have gone unnoticed
        )
        self._script = self._redis.register_script(_SCRIPT)
        self._pacers: list[RemotePacing] = []

    def __str__(self) -> str:
        return self._address.shown

    async def __aenter__(self) -> Self:
        try:
            nothing = await self.look(_PROBE_KEY, None)
            await self._asked(_PROBE_KEY, nothing, "probe", "", _PROBE_KEPT_FOR_SECONDS)
        except BaseException:
            await self._redis.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            async with TaskGroup() as closing:
                for pacer in self._pacers:
                    closing.create_task(pacer.close())
        finally:
            await self._redis.aclose()

    def pacer(self, settings: EngineSettings, subject: QuotaSubject, around: Surroundings) -> RemotePacing:
        """Return who says when calls of a subject fit the quotas of the settings, as all use them."""
        self._pacers.append(RemotePacing(settings, subject, self, around))
        return self._pacers[-1]

    async def look(self, key: str, known: Seen | None) -> Seen:
        """Return what is there; `known` is not sent again."""
        return await self._asked(key, known)

    async def keep(self, key: str, known: Seen, version: str, text: str) -> Seen:
        """Keep a text in the place of what is known, if that is still there; return what is there then."""
        return await self._asked(key, known, version, text)

    async def _asked(
        self,
        key: str,
        known: Seen | None,
        version: str = "",
        text: str = "",
        kept_for_seconds: int = _KEPT_FOR_SECONDS,
    ) -> Seen:
        known_version = known.version if known else ""
        with self._errors_told():
            answer = await self._script([key], [known_version, version, text, kept_for_seconds])
        found_version, found_text, seconds, microseconds, run_id, uptime_seconds = map(_text, answer)
        texts = {"": None, version: text or None, known_version: known.held.text if known else None}
        now = self._speed * (int(seconds) + int(microseconds) / 1e6)
        held_text = texts.get(found_version, found_text)
        return Seen(found_version, Held(held_text, now, run_id, self._speed * int(uptime_seconds)))

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        try:
            yield
        except _REFUSALS as error:
            raise self._useless(error) from None
        except (exceptions.ConnectionError, exceptions.TimeoutError, OSError) as error:
            raise QuotaServerUnreachable(
                f"{self}: the quota server cannot be reached: {self._said(error)}"
            ) from None
        except exceptions.RedisError as error:
            raise self._useless(error) from None

    def _useless(self, error: Exception) -> QuotaServerError:
        return QuotaServerError(f"{self}: the quota server cannot be used: {self._said(error)}")

    def _said(self, error: Exception) -> str:
        return self._address.without_password(str(error).rstrip(".") or type(error).__name__)


def _text(value: Any) -> str:  # noqa: ANN401 - what the server sends: bytes or a number
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
