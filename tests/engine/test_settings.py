"""Settings come from the environment, or are refused by name."""

import pytest
from pydantic import ValidationError

from engine.settings import EngineSettings, SettingsError, Strategy, variable

# Each variable, with a word that differs from its default, and the value that word means.
WORDS: dict[str, tuple[str, object]] = {
    "enable_concurrent_batch_operations": ("false", False),
    "max_concurrent_slides": ("2", 2),
    "slides_api_batch_size": ("3", 3),
    "batch_retry_attempts": ("1", 1),
    "batch_retry_delay": ("2.5", 2.5),
    "circuit_breaker_threshold": ("2", 2),
    "circuit_breaker_timeout": ("30", 30.0),
    "http_connection_pool_size": ("5", 5),
    "http_connection_timeout": ("10", 10.0),
    "batch_strategy": ("per_slide", Strategy.PER_SLIDE),
    "writes_per_minute": ("600", 600),
    "reads_per_minute": ("3000", 3000),
    "project_writes_per_minute": ("900", 900),
    "project_reads_per_minute": ("9000", 9000),
    "quota_use_share": ("0.5", 0.5),
    "operation_deadline": ("60", 60.0),
    "max_queued_calls": ("7", 7),
    "max_calls_under_way": ("5", 5),
    "cancellation_grace": ("0", 0.0),
    "drain_timeout": ("10", 10.0),
    "include_notes": ("no", False),
    "lock_enabled": ("0", False),
    "pacer_enabled": ("off", False),
    "breaker_enabled": ("false", False),
    "pool_limit_enabled": ("False", False),
}


class TestReading:
    @pytest.mark.parametrize("name", EngineSettings.model_fields)
    def test_every_field_is_set_by_its_variable(self, name: str) -> None:
        """An operator in an emergency has nothing but the environment."""
        word, value = WORDS[name]

        settings = EngineSettings.from_environment({variable(name): word})

        assert getattr(settings, name) == value
        assert getattr(settings, name) != EngineSettings.model_fields[name].default

    def test_conservative_defaults_hold_without_any_variable(self) -> None:
        """Nobody must set anything to be safe."""
        settings = EngineSettings.from_environment({})

        assert settings == EngineSettings()
        assert settings.max_concurrent_slides == 1
        assert settings.http_connection_pool_size == 3
        assert settings.batch_strategy is Strategy.COALESCED

    def test_an_empty_variable_counts_as_unset(self) -> None:
        """Deployment files often pass a variable through that nobody has set."""
        settings = EngineSettings.from_environment({"SCALAPAY_BATCH_RETRY_DELAY": ""})

        assert settings.batch_retry_delay == 1.0

    def test_a_word_in_code_wins_over_the_variable_and_none_leaves_it(self) -> None:
        """A command's option that was not given must not undo the environment."""
        environ = {"SCALAPAY_MAX_CONCURRENT_SLIDES": "2", "SCALAPAY_BATCH_STRATEGY": "semaphore"}

        settings = EngineSettings.from_environment(environ, max_concurrent_slides=5, batch_strategy=None)

        assert settings.max_concurrent_slides == 5
        assert settings.batch_strategy is Strategy.SEMAPHORE

    def test_the_constructor_looks_at_no_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A load test on a machine with the emergency switch set must still measure what it says."""
        monkeypatch.setenv("SCALAPAY_MAX_CONCURRENT_SLIDES", "7")

        assert EngineSettings().max_concurrent_slides == 1
        assert EngineSettings.from_environment().max_concurrent_slides == 7

    def test_settings_cannot_be_changed(self) -> None:
        """What was announced at the start holds to the end."""
        settings = EngineSettings()

        with pytest.raises(ValidationError):
            settings.max_concurrent_slides = 9  # type: ignore[misc] # that is the point


class TestRefusing:
    @pytest.mark.parametrize(
        ("name", "word", "allowed"),
        [
            ("max_concurrent_slides", "two", "a whole number from 1 to 100"),
            ("max_concurrent_slides", "0", "a whole number from 1 to 100"),
            ("circuit_breaker_timeout", "nan", "a number from 0.01 to 300"),
            ("http_connection_timeout", "-1", "a number from 0.01 to 600"),
            ("quota_use_share", "90%", "a number from 0.01 to 1"),
            ("lock_enabled", "maybe", "true or false"),
            ("batch_strategy", "parallel", "one of sequential, per_slide, semaphore, coalesced"),
        ],
    )
    def test_a_bad_value_names_its_variable_and_what_is_allowed(
        self, name: str, word: str, allowed: str
    ) -> None:
        """Whoever reads the message must know what to type next."""
        with pytest.raises(SettingsError) as caught:
            EngineSettings.from_environment({variable(name): word})

        assert str(caught.value) == f"{variable(name)}: expected {allowed}, got {word!r}"

    def test_all_bad_values_are_named_at_once(self) -> None:
        """Nobody wants to mend one variable per start."""
        environ = {"SCALAPAY_BATCH_RETRY_ATTEMPTS": "few", "SCALAPAY_WRITES_PER_MINUTE": "0"}

        with pytest.raises(SettingsError) as caught:
            EngineSettings.from_environment(environ)

        assert [line.split(":")[0] for line in str(caught.value).splitlines()] == list(environ)

    def test_a_share_that_leaves_no_write_at_all_is_refused(self) -> None:
        """Otherwise every write would wait for ever."""
        with pytest.raises(SettingsError, match=r"SCALAPAY_QUOTA_USE_SHARE.*SCALAPAY_WRITES_PER_MINUTE=1"):
            EngineSettings(writes_per_minute=1)

    def test_a_setting_that_does_not_exist_is_refused(self) -> None:
        """A misspelt option must not be silently without effect."""
        with pytest.raises(SettingsError, match="max_slides: there is no such setting"):
            EngineSettings.from_environment({}, max_slides=2)


class TestEmergencySwitch:
    def test_makes_writes_sequential_whatever_else_is_set(self) -> None:
        """That is what it was made for."""
        settings = EngineSettings(
            enable_concurrent_batch_operations=False,
            batch_strategy=Strategy.SEMAPHORE,
            max_concurrent_slides=8,
        )

        assert settings.effective_strategy is Strategy.SEQUENTIAL
        assert settings.in_flight_ceiling == 1

    def test_leaves_the_strategy_alone_when_it_is_not_pulled(self) -> None:
        """The default is to be fast and safe."""
        settings = EngineSettings(batch_strategy=Strategy.SEMAPHORE, max_concurrent_slides=8)

        assert settings.effective_strategy is Strategy.SEMAPHORE
        assert settings.in_flight_ceiling == 8
