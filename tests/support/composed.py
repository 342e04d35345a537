"""What `docker-compose.yml` and the `Dockerfile` say, so that tests check and start the same."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final = ROOT / "docker-compose.yml"
DOCKERFILE: Final = ROOT / "Dockerfile"
POSTGRES_DOCKERFILE: Final = ROOT / "deploy" / "postgres" / "Dockerfile"
_VARIABLE: Final = re.compile(r"\$\{(\w+):-([^}]*)\}")


def compose() -> dict[str, Any]:
    """The file with the defaults of its variables, its merge keys resolved, ``$$`` as ``$``."""
    read: dict[str, Any] = _filled(yaml.safe_load(COMPOSE.read_text(encoding="utf-8")))
    return read


def _filled(part: Any) -> Any:  # noqa: ANN401  any YAML
    """As the engine does: after the file is read, in every text of it."""
    if isinstance(part, dict):
        return {key: _filled(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value) for value in part]
    return _VARIABLE.sub(r"\2", part).replace("$$", "$") if isinstance(part, str) else part


def variables() -> dict[str, str]:
    """The variables that an administrator may set, with their defaults."""
    return dict(_VARIABLE.findall(COMPOSE.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of a Dockerfile, its continued lines joined."""

    word: str
    rest: str


def instructions(path: Path = DOCKERFILE) -> list[Instruction]:
    """What a Dockerfile does, in order, without its comments."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    split = [line.partition(" ") for line in joined.splitlines() if line.strip()]
    return [Instruction(word, rest.strip()) for word, _, rest in split]


def last_stage(path: Path = DOCKERFILE) -> list[Instruction]:
    """The instructions that make the image itself."""
    found = instructions(path)
    begins = max(place for place, told in enumerate(found) if told.word == "FROM")
    return found[begins:]


def only(word: str, path: Path = DOCKERFILE) -> str:
    """What follows an instruction that the last stage has once."""
    [rest] = [told.rest for told in last_stage(path) if told.word == word]
    return rest


def exec_form(text: str) -> list[str]:
    """The words of an instruction in exec form."""
    words: list[str] = yaml.safe_load(text)
    return words


def image_environment() -> Mapping[str, str]:
    """What the image sets."""
    words = shlex.split(only("ENV"))
    return dict(word.split("=", 1) for word in words)
