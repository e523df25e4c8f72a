from loadtests.swarm.trial import trace_of_seed, trial_of, try_seed
from tests.support.swarms import LOST, RESET, a_scenario, an_episode

SCENARIO = a_scenario({**RESET, "often": {"rate": "30%"}})


def test_a_trial_is_what_an_episode_came_to_without_its_story() -> None:
    """Ten thousand stories would not fit into anybody's memory."""
    trial = trial_of(3, an_episode(None, LOST, strikes={"reset": 2}, facts=({"event": "x"},)))

    assert (trial.seed, trial.broken, trial.strikes) == (3, (LOST,), {"reset": 2})
    assert (trial.digest, trial.virtual_seconds) == ("d" * 32, 60.0)
    assert not hasattr(trial, "facts")


def test_a_seed_comes_to_the_same_each_time_and_its_trace_is_kept_when_asked_for() -> None:
    """That is what a replay relies on."""
    assert try_seed(SCENARIO, 5) == try_seed(SCENARIO, 5)
    trace = trace_of_seed(SCENARIO, 5)
    assert trace == trace_of_seed(SCENARIO, 5)
    assert len(trace) > 50
