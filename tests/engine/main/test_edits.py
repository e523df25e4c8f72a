"""`deckstorm apply` edits a presentation, on a fake that is real to it, and says what became of it."""

import json
from pathlib import Path

import pytest

from fakeslides.server import FakeSlides
from tests.support.applying import STALLED, apply_beside
from tests.support.plain_decks import plain_deck, texts_of
from tests.support.weather import weather

REFUSED = weather({"kind": "http.status", "code": 403, "point": "before_commit"})


async def test_edits_the_presentation_and_says_so_per_slide(replacements: Path) -> None:
    """The whole way: credentials, TLS, plan, write, report."""
    async with FakeSlides(decks=[plain_deck("deck-a", slides_count=2)]) as fake:
        result = await apply_beside(fake, "deck-a", "--replace", replacements)

        assert result.exit_code == 0, result.output
        assert set(texts_of(fake.store.get("deck-a").to_json())) == {"Ada 12 €"}
    head, *rows = result.stdout.splitlines()
    assert head.split() == ["slide", "applied", "rejected", "not", "sent", "indeterminate"]
    assert [row.split() for row in rows] == [
        ["deck-a-s0", "2", "0", "0", "0"],
        ["deck-a-s1", "2", "0", "0", "0"],
    ]


async def test_a_dry_run_tells_the_plan_and_writes_nothing(replacements: Path) -> None:
    """The first thing to try on a customer's deck."""
    async with FakeSlides(decks=[plain_deck("deck-a", slides_count=2)]) as fake:
        result = await apply_beside(fake, "deck-a", "--replace", replacements, "--dry-run")

        assert result.exit_code == 0, result.output
        assert set(texts_of(fake.store.get("deck-a").to_json())) == {"{{customer}} {{price}}"}
    assert "4 edits as 2 requests in 1 write;" in result.stdout
    assert "'{{customer}}' -> 'Ada' on 2 slides" in result.stdout


async def test_prints_json_for_machines(replacements: Path) -> None:
    """Pipelines read it."""
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        result = await apply_beside(fake, "deck-a", "--replace", replacements, "--json")

    assert json.loads(result.stdout)["applied"] is True


async def test_quiet_says_nothing_when_all_is_well(replacements: Path) -> None:
    """Jobs that run every night should speak only when something is wrong."""
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        result = await apply_beside(fake, "deck-a", "--replace", replacements, "--quiet")

    assert result.output == ""


async def test_the_strategy_can_be_chosen(replacements: Path) -> None:
    """What the option says must reach the server."""
    async with FakeSlides(decks=[plain_deck("deck-a", slides_count=3)]) as fake:
        await apply_beside(fake, "deck-a", "--replace", replacements, "--strategy", "per_slide")

        writes = [entry for entry in fake.ledger if entry.method == "presentations.batchUpdate"]
    assert len(writes) == 3


async def test_edits_that_were_refused_make_exit_code_1(replacements: Path) -> None:
    """A script must be able to tell."""
    async with FakeSlides(REFUSED, decks=[plain_deck("deck-a")]) as fake:
        result = await apply_beside(fake, "deck-a", "--replace", replacements)

    assert result.exit_code == 1
    assert "PERMISSION_DENIED" in result.output


async def test_edits_that_the_quota_allows_only_after_the_deadline_are_refused_at_once(
    replacements: Path,
) -> None:
    """An estimate is something to plan by; half an edited deck is not."""
    env = {"SCALAPAY_WRITES_PER_MINUTE": "2", "SCALAPAY_QUOTA_USE_SHARE": "1"}
    async with FakeSlides(decks=[plain_deck("deck-a", slides_count=2)]) as fake:
        arguments = ["deck-a", "--replace", replacements, "--strategy", "sequential", "--deadline", "20"]
        result = await apply_beside(fake, *arguments, env=env)

        assert set(texts_of(fake.store.get("deck-a").to_json())) == {"{{customer}} {{price}}"}
    assert result.exit_code == 1
    assert result.stderr == (
        "deckstorm apply: nothing was applied: TooBusy: the quota allows the last of 4 writes only after the "
        "deadline; try again later (estimate: 61 s)\n"
    )


async def test_edits_whose_fate_is_unknown_make_exit_code_5(replacements: Path) -> None:
    """'Not applied' would be a guess."""
    async with FakeSlides(STALLED, decks=[plain_deck("deck-a")]) as fake:
        result = await apply_beside(fake, "deck-a", "--replace", replacements, "--deadline", "0.5")

    assert result.exit_code == 5


@pytest.mark.parametrize("says_so_by", ["option", "variable"])
async def test_shares_its_quota_through_a_file(replacements: Path, tmp_path: Path, says_so_by: str) -> None:
    """One run after the other must not write a quota's worth each."""
    file, env = tmp_path / "quota", {"SCALAPAY_WRITES_PER_MINUTE": "1", "SCALAPAY_QUOTA_USE_SHARE": "1"}
    options = ["--quota-file", file, "--deadline", "5"] if says_so_by == "option" else ["--deadline", "5"]
    if says_so_by == "variable":
        env["SCALAPAY_QUOTA_FILE"] = str(file)
    async with FakeSlides(decks=[plain_deck("deck-a"), plain_deck("deck-b")]) as fake:
        first = await apply_beside(fake, "deck-a", "--replace", replacements, *options, env=env)
        options[-1] = "0.5"
        second = await apply_beside(fake, "deck-b", "--replace", replacements, *options, env=env)

    assert first.exit_code == 0, first.output
    assert second.exit_code == 1
    assert "TooBusy: the quota allows the last of 1 writes only after the deadline" in second.output


async def test_leaves_its_metrics_in_a_file(replacements: Path, tmp_path: Path) -> None:
    """A job that runs every night is over before anybody could ask it for numbers."""
    file = tmp_path / "deckstorm.prom"
    async with FakeSlides(decks=[plain_deck("deck-a", slides_count=2)]) as fake:
        await apply_beside(fake, "deck-a", "--replace", replacements, "--metrics-file", file)

    applied = 'deckstorm_operations_settled_total{engine="default",fate="applied"} 4.0'
    assert applied in file.read_text("utf-8").splitlines()
