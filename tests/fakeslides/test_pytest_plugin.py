"""The fixtures, in projects of their own: each test runs pytest in a folder that knows nothing of ours."""

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

pytest_plugins = ["pytester"]

HEAVY = ("aiohttp", "cryptography", "fakeslides.server", "fakeslides.spawned", "pydantic", "trustme", "yaml")


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run a project's tests as its owner would."""
    return project.runpytest_subprocess("-p", "no:asyncio", "-W", "error", *arguments)


def test_a_client_of_googles_is_tested_in_three_lines(pytester: pytest.Pytester) -> None:
    """Endpoint, CA and credentials are all that an unmodified client needs."""
    pytester.makepyfile("""
        from google.oauth2.service_account import Credentials
        from google_auth_httplib2 import AuthorizedHttp
        from googleapiclient.discovery import build
        from httplib2 import Http

        def credentials_of(fakeslides):
            scopes = ["https://www.googleapis.com/auth/presentations"]
            return Credentials.from_service_account_file(fakeslides.credentials_file, scopes=scopes)

        def test_reads_a_deck(fakeslides):
            http = AuthorizedHttp(credentials_of(fakeslides), http=Http(ca_certs=fakeslides.ca_file))
            slides = build("slides", "v1", http=http, client_options={"api_endpoint": fakeslides.endpoint})
            assert slides.presentations().get(presentationId=fakeslides.presentations[0]).execute()["slides"]
    """)

    run(pytester).assert_outcomes(passed=1)


def test_weather_is_chosen_by_a_marker_or_by_overriding_the_fixture(pytester: pytest.Pytester) -> None:
    """A test, a class or a whole project has its weather."""
    pytester.makepyfile("""
        import pytest

        def promise_of(fake):
            return fake.control.current_scenario()["promise"]

        def test_calm_without_being_told(fakeslides):
            assert promise_of(fakeslides) == "Nothing goes wrong."

        @pytest.mark.fakeslides_scenario("outage")
        def test_one_that_ships(fakeslides):
            assert "outage" in promise_of(fakeslides)

        @pytest.mark.fakeslides_scenario("version: 1\\npromise: mine\\n")
        class TestText:
            def test_of_the_class(self, fakeslides):
                assert promise_of(fakeslides) == "mine"

        class TestOverridden:
            @pytest.fixture
            def fakeslides_scenario(self, tmp_path):
                path = tmp_path / "scenario.yaml"
                path.write_text("version: 1\\npromise: of a file\\n")
                return path

            def test_of_a_file(self, fakeslides):
                assert promise_of(fakeslides) == "of a file"
    """)

    run(pytester, "--strict-markers").assert_outcomes(passed=4)


def test_no_test_sees_what_another_one_did(pytester: pytest.Pytester) -> None:
    """They share a process, and nothing else."""
    pytester.makepyfile("""
        import pytest

        @pytest.mark.parametrize("time", [1, 2])
        def test_changes_everything(fakeslides, time):
            assert fakeslides.control.fired() == {}
            assert fakeslides.control.metrics().count("fakeslides_requests_total{") == 0
            fakeslides.control.inject({"kind": "tcp.reset"}, 60.0)
            fakeslides.control.replace_scenario("calm")
    """)

    run(pytester).assert_outcomes(passed=2)


def test_a_scenario_that_cannot_be_used_fails_its_test_in_one_sentence(pytester: pytest.Pytester) -> None:
    """With the loader's words, and without the inside of the fixture."""
    pytester.makepyfile("""
        import pytest

        @pytest.mark.fakeslides_scenario("production_accident")
        def test_never_runs(fakeslides):
            pass
    """)

    result = run(pytester)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*the fake did not start: *did you mean production_incident?"])
    result.stdout.no_fnmatch_line("*During handling of the above exception*")
    result.stdout.no_fnmatch_line("*Traceback*")


def test_where_only_the_engine_is_installed_the_fixture_says_what_to_install(
    pytester: pytest.Pytester,
) -> None:
    """And tests that do not ask for it are not touched."""
    pytester.makeconftest("""
        import importlib.util
        find_spec = importlib.util.find_spec
        importlib.util.find_spec = lambda name, *rest: None if name == "trustme" else find_spec(name, *rest)
        import fakeslides.pytest_plugin
        fakeslides.pytest_plugin.find_spec = importlib.util.find_spec
    """)
    pytester.makepyfile("""
        def test_of_something_else():
            pass

        def test_of_a_client(fakeslides):
            pass
    """)

    result = run(pytester)

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*pip install 'deckstorm[[]testbed]'*"])


def test_pytest_finds_the_plugin_by_itself() -> None:
    """It is installed with the package, and nobody has to name it."""
    found = {each.name: each.value for each in entry_points(group="pytest11")}

    assert found["fakeslides"] == "fakeslides.pytest_plugin"


def test_importing_the_plugin_brings_nothing_along() -> None:
    """Every pytest run in every project that has deckstorm installed imports it."""
    program = f"import fakeslides.pytest_plugin, sys; print([n for n in {HEAVY!r} if n in sys.modules])"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"
