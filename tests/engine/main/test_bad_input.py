"""A user's mistake is answered in one line that says what would be right, and exit code 2."""

from pathlib import Path

from fakeslides.server import FakeSlides
from tests.support.applying import apply_beside, assert_one_message, environment_for
from tests.support.plain_decks import plain_deck


async def test_a_presentation_that_does_not_exist(replacements: Path) -> None:
    """The usual mistyped id."""
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        result = await apply_beside(fake, "deck-b", "--replace", replacements)

    assert_one_message(result, "there is no presentation deck-b")


async def test_an_empty_key(tmp_path: Path) -> None:
    """The place is named."""
    file = tmp_path / "bad.yaml"
    file.write_text('"": x\n', "utf-8")

    result = await apply_beside(None, "deck-a", "--replace", file)

    assert_one_message(result, f"{file}:1: the key is empty")


async def test_a_bad_environment_variable(replacements: Path) -> None:
    """The variable is named, and what it may be."""
    env = {"SCALAPAY_MAX_CONCURRENT_SLIDES": "many"}

    result = await apply_beside(None, "deck-a", "--replace", replacements, env=env)

    assert_one_message(result, "SCALAPAY_MAX_CONCURRENT_SLIDES: expected a whole number")


async def test_a_quota_file_that_is_something_else(replacements: Path) -> None:
    """Told before anything is edited, and the file is left as it was."""
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        result = await apply_beside(fake, "deck-a", "--replace", replacements, "--quota-file", replacements)
        again = await apply_beside(fake, "deck-a", "--replace", replacements)

    assert_one_message(result, f"{replacements}: the quota file cannot be used")
    assert again.exit_code == 0, again.output


async def test_a_metrics_file_in_no_folder(replacements: Path) -> None:
    """Told before anything is edited."""
    result = await apply_beside(
        None, "deck-a", "--replace", replacements, "--metrics-file", "/nowhere/deckstorm.prom"
    )

    assert_one_message(result, "--metrics-file /nowhere/deckstorm.prom: there is no such folder")


async def test_credentials_that_are_not_there(replacements: Path) -> None:
    """The usual first mistake."""
    env = {"GOOGLE_APPLICATION_CREDENTIALS": "/nowhere/key.json"}

    result = await apply_beside(None, "deck-a", "--replace", replacements, env=env)

    assert_one_message(result, "/nowhere/key.json was not found")


async def test_a_key_file_that_is_none(replacements: Path, tmp_path: Path) -> None:
    """Google's word for it came out as a tuple with an exception in it."""
    key_file = tmp_path / "key.json"
    key_file.write_text("no key", "utf-8")
    env = {"GOOGLE_APPLICATION_CREDENTIALS": str(key_file)}

    result = await apply_beside(None, "deck-a", "--replace", replacements, env=env)

    assert_one_message(
        result,
        f"these credentials do not work here: File {key_file} is not a valid json file. "
        "(GOOGLE_APPLICATION_CREDENTIALS names the key file)",
    )


async def test_an_authority_file_that_is_none(replacements: Path) -> None:
    """OpenSSL's own word for it names no file."""
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        fake.ca_file = replacements
        result = await apply_beside(fake, "deck-a", "--replace", replacements)

    assert_one_message(result, f"--ca {replacements}: no authority can be read from it")


async def test_a_server_whose_authority_was_not_named(replacements: Path) -> None:
    """The usual mistake with a fake; the command says what is missing, and waits for no miracle."""
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        arguments = ["deck-a", "--replace", replacements, "--endpoint", fake.endpoint]
        env = {
            **environment_for(fake),
            "SCALAPAY_BATCH_RETRY_ATTEMPTS": "1",
            "SCALAPAY_BATCH_RETRY_DELAY": "0",
        }
        result = await apply_beside(None, *arguments, env=env)

    *tries, conclusion = result.stderr.splitlines()
    assert result.exit_code == 2
    assert ["try 1" in tries[0], "try 2" in tries[1]] == [True, True]
    assert "is not to be trusted" in conclusion
    assert "--ca" in conclusion


async def test_an_endpoint_that_is_no_address(replacements: Path) -> None:
    """Refused before anything is looked up."""
    result = await apply_beside(None, "deck-a", "--replace", replacements, "--endpoint", "localhost")

    assert result.exit_code == 2
    assert "is no base URL" in result.output
