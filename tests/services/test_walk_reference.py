"""The walk against the reference walk, over generated graphs and every option."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.catalogue import fresh
from support.reference_walk import Question
from support.stories import Story, check, sap_questions, stories
from support.stories import questions as any_question


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the catalogue of each example is, one after the other."""
    return tmp_path_factory.mktemp("walk")


def ask_all(folder: Path, story: Story, questions: list[Question], stop: tuple[str, ...]) -> None:
    services = fresh(folder)
    services.ingest.push(story.data)
    check(services, story, questions, stop)
    services.close()


@settings(max_examples=80)
@given(stories(), st.lists(any_question, min_size=3, max_size=3), st.booleans())
def test_everything(folder: Path, story: Story, questions: list[Question], stop: bool) -> None:  # noqa: FBT001  drawn
    ask_all(folder, story, questions, ("STOP",) if stop else ())


@settings(max_examples=60)
@given(stories(), st.lists(any_question, min_size=3, max_size=3), st.integers(0, 4), st.booleans())
def test_within_a_depth(
    folder: Path,
    story: Story,
    questions: list[Question],
    depth: int,
    stop: bool,  # noqa: FBT001  drawn
) -> None:
    for question in questions:
        question.depth = depth
    ask_all(folder, story, questions, ("STOP",) if stop else ())


@settings(max_examples=60)
@given(stories(), st.lists(any_question, min_size=3, max_size=3), st.integers(0, 3), st.booleans())
def test_within_steps(
    folder: Path,
    story: Story,
    questions: list[Question],
    steps: int,
    stop: bool,  # noqa: FBT001  drawn
) -> None:
    for question in questions:
        question.steps = steps
    ask_all(folder, story, questions, ("STOP",) if stop else ())


@settings(max_examples=80)
@given(stories(), st.lists(sap_questions, min_size=3, max_size=3))
def test_provsap(folder: Path, story: Story, questions: list[Question]) -> None:
    ask_all(folder, story, questions, ())
