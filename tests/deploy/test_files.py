"""The files of the deployment fit the compose specification, the code, and each other."""

import os
import re
import shutil
import stat
import subprocess
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from support.composed import (
    COMPOSE,
    POSTGRES_DOCKERFILE,
    ROOT,
    compose,
    exec_form,
    image_environment,
    instructions,
    last_stage,
    only,
    variables,
)
from support.require import require
from support.server import running_server

from provstore.cli.main import app as cli
from provstore.config import SECRETS_OF_FILES, Settings

FILE = compose()
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
OURS = ("api", "worker")
ALL = pytest.mark.parametrize("name", sorted(SERVICES))


# -- the compose specification


def _configured(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    program = shutil.which("docker-compose")
    require(
        "docker-compose",
        present=program is not None,
        advice="it checks the compose file without an engine: install docker-compose",
    )
    return subprocess.run(
        ["docker-compose", "-f", str(COMPOSE), "config"],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_compose_takes_the_file() -> None:
    done = _configured({})
    assert (done.returncode, done.stderr) == (0, "")
    read = yaml.safe_load(done.stdout)
    assert read["services"].keys() == {"api", "worker", "postgres", "neo4j"}
    [port] = read["services"]["api"]["ports"]
    assert port in ("127.0.0.1:8000:8000/tcp", "127.0.0.1:8000:8000") or port["target"] == 8000


def test_compose_puts_the_variables_in() -> None:
    done = _configured({"PROVSTORE_BASE_URL": "https://provenance.example.org"})
    read = yaml.safe_load(done.stdout)
    for name in OURS:
        told = read["services"][name]["environment"]
        assert told["PROVSTORE_BASE_URL"] == "https://provenance.example.org"


def test_variables_have_defaults() -> None:
    used = set(re.findall(r"(?<!\$)\$\{?(\w+)", COMPOSE.read_text()))
    assert used == variables().keys()


# -- who may reach what


def test_nothing_but_the_api_is_published() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["api"]
    assert SERVICES["api"]["ports"] == ["127.0.0.1:8000:8000"]
    assert not any("network_mode" in service for service in SERVICES.values())


def test_the_databases_are_on_the_inner_network_only() -> None:
    assert FILE["networks"]["back"] == {"internal": True}
    assert {name: service["networks"] for name, service in SERVICES.items()} == {
        "api": ["front", "back"],
        "worker": ["back"],
        "postgres": ["back"],
        "neo4j": ["back"],
    }


@ALL
def test_service_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert any(place.startswith("/tmp:") for place in service["tmpfs"])  # noqa: S108  inside a container
    assert str(service["user"]).partition(":")[0] not in {"0", "root"}


@ALL
def test_service_has_limits_a_health_check_and_is_started_again(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"\d+g", service["mem_limit"])
    assert service["cpus"] > 0
    assert service["pids_limit"] > 0
    assert service["restart"] == "unless-stopped"
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    check = service["healthcheck"]
    assert check["test"][0] == "CMD"
    assert {"interval", "timeout", "start_period", "retries"} <= check.keys()


def test_volumes_and_bound_folders() -> None:
    mounted = [
        place.split(":") for service in SERVICES.values() for place in service.get("volumes", [])
    ]
    named = {source for source, *_ in mounted if not source.startswith(".")}
    assert named == FILE["volumes"].keys()
    bound = [(source, rest[-1]) for source, *rest in mounted if source.startswith(".")]
    assert bound == [("./deploy/neo4j", "ro")]
    assert all((ROOT / source).is_dir() for source, _ in bound)


def test_the_api_waits_for_the_catalogue_and_not_for_the_graph() -> None:
    assert SERVICES["api"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert SERVICES["worker"]["depends_on"] == {"api": {"condition": "service_healthy"}}


# -- secrets


def test_secrets_are_files_and_each_service_has_those_that_it_needs() -> None:
    assert {name: told["file"] for name, told in FILE["secrets"].items()} == {
        name: f"./secrets/{name}" for name in FILE["secrets"]
    }
    given = {name: set(service["secrets"]) for name, service in SERVICES.items()}
    ours = {f"provstore_{name}" for name in SECRETS_OF_FILES}
    assert given == {
        "api": ours,
        "worker": ours,
        "postgres": {"postgres_admin_password", "provstore_database_password"},
        "neo4j": {"neo4j_auth"},
    }


@ALL
def test_no_environment_holds_a_secret(name: str) -> None:
    for variable, value in SERVICES[name]["environment"].items():
        if re.search(r"PASSWORD|AUTH|SECRET|TOKEN", variable):
            secret = str(value).removeprefix("/run/secrets")
            assert secret in {"", *(f"/{given}" for given in SERVICES[name]["secrets"])}
        assert not re.search(r"://[^/@]*:[^/@]*@", str(value))


def _make(folder: Path) -> dict[str, str]:
    subprocess.run([ROOT / "deploy" / "make-secrets", folder], check=True, umask=0o077)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o444}
    return {file.name: file.read_text().strip() for file in folder.iterdir()}


def test_secrets_are_made_once(tmp_path: Path) -> None:
    made = _make(tmp_path / "secrets")
    assert made.keys() == FILE["secrets"].keys()
    assert made["neo4j_auth"] == f"neo4j/{made['provstore_graph_password']}"
    passwords = {text for name, text in made.items() if name != "neo4j_auth"}
    assert len(passwords) == 3
    # no character that means something in an address, in YAML or to Neo4j's image
    assert all(re.fullmatch(r"[\w-]{32}", text, re.ASCII) for text in passwords)
    (tmp_path / "secrets" / "provstore_graph_password").unlink()
    again = _make(tmp_path / "secrets")
    assert {name for name in made if made[name] != again[name]} == {"provstore_graph_password"}


def test_secrets_are_neither_committed_nor_sent_to_the_engine() -> None:
    assert "/secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    assert "secrets" not in (ROOT / ".dockerignore").read_text()


# -- what the code knows


@pytest.mark.parametrize("name", OURS)
def test_the_settings_are_those_of_the_code(name: str) -> None:
    told = dict(SERVICES[name]["environment"])
    assert told.pop("PROVSTORE_SECRETS_DIR") == "/run/secrets"
    values = {setting.removeprefix("PROVSTORE_").lower(): value for setting, value in told.items()}
    assert values.keys() <= Settings.model_fields.keys()
    values["database_password"] = "a b"
    settings = Settings.model_validate(values)
    assert settings.allowed_hosts == ()
    assert settings.catalogue_url == "postgresql+psycopg://provstore:a%20b@postgres:5432/provstore"
    assert settings.graph_url == "bolt://neo4j:7687"


@pytest.mark.parametrize("name", OURS)
def test_the_commands_are_those_of_the_code(name: str) -> None:
    command = SERVICES[name]["command"][0]
    assert command in {known.name for known in cli.registered_commands}


def test_the_addresses_name_services() -> None:
    hosts = re.findall(r"(?:://|@)([a-z][a-z0-9]*):\d", COMPOSE.read_text())
    assert set(hosts) == {"postgres", "neo4j", "api"}


# -- images


def test_the_image_has_no_root_and_its_own_health_check() -> None:
    assert only("USER") == "10001:10001" == SERVICES["api"]["user"] == SERVICES["worker"]["user"]
    options, _, check = only("HEALTHCHECK").partition("CMD ")
    told = SERVICES["api"]["healthcheck"]
    assert ["CMD", *exec_form(check)] == told["test"]
    for option in ("interval", "timeout", "start_period", "retries"):
        assert f"--{option.replace('_', '-')}={told[option]}" in options
    assert exec_form(only("ENTRYPOINT")) == ["provstore"]
    assert exec_form(only("CMD")) == SERVICES["api"]["command"][:5]


def test_the_data_folder_is_the_volume() -> None:
    folder = image_environment()["PROVSTORE_DATA_DIR"]
    assert folder == only("VOLUME") == only("WORKDIR") == image_environment()["HOME"]
    assert SERVICES["api"]["volumes"] == [f"data:{folder}"]


def _copied(path: Path) -> list[str]:
    words = [told.rest.split() for told in instructions(path) if told.word == "COPY"]
    return [
        source for *sources, _ in words if not sources[0].startswith("--") for source in sources
    ]


def test_what_is_copied_is_there_and_nothing_else_is_sent_to_the_engine() -> None:
    ignored, *kept = [
        line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] != "#"
    ]
    assert ignored == "*"
    assert {line.removeprefix("!") for line in kept if line[0] == "!"} == set(
        _copied(ROOT / "Dockerfile")
    )
    assert all((ROOT / source).exists() for source in _copied(ROOT / "Dockerfile"))
    folder = POSTGRES_DOCKERFILE.parent
    assert _copied(POSTGRES_DOCKERFILE) == ["init.sql"]
    assert (folder / "init.sql").exists()
    assert [told.rest for told in last_stage(POSTGRES_DOCKERFILE) if told.word == "USER"] == [
        "postgres"
    ]


def test_the_image_is_made_in_two_stages_of_one_python() -> None:
    bases = [told.rest for told in instructions() if told.word == "FROM"]
    assert bases == ["python:${PYTHON} AS build", "python:${PYTHON}"]
    [version] = [told.rest for told in instructions() if told.word == "ARG"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    least = project["requires-python"].removeprefix(">=")
    assert version.startswith(f"PYTHON={least}-slim")


# -- the lock of the server


def _pins(lock: str) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(
        r"^([\w.-]+)==([^ ;]+)", (ROOT / lock).read_text(), re.MULTILINE
    ):
        pins.setdefault(name, set()).add(version)
    return pins


def test_the_server_is_locked_whole() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    wanted = [
        *project["project"]["dependencies"],
        *(requirement for extra in extras.values() for requirement in extra),
        *project["dependency-groups"]["build"],
    ]
    pins = _pins("requirements-server.lock")
    names = {re.split(r"[\[<>=]", requirement)[0] for requirement in wanted}
    assert names <= pins.keys()
    # what is tested is what is installed
    tested = _pins("requirements-dev.lock")
    assert {name: pins[name] for name in pins} == {name: tested.get(name) for name in pins}
    core = _pins("requirements.lock")
    assert {name: core[name] for name in core} == {name: pins.get(name) for name in core}


def test_the_lock_holds_no_tool_of_developers() -> None:
    assert not {"pytest", "mypy", "ruff", "uv"} & _pins("requirements-server.lock").keys()


# -- the check of health


def _load_health() -> ModuleType:
    spec = spec_from_file_location("health", ROOT / "deploy" / "health.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('{"status": "ok", "graph": {"state": "live", "written_by": "host:7:ab"}}', True),
        ('{"status": "ok", "graph": {"state": "down", "written_by": "host:7:ab"}}', True),
        ('{"status": "ok", "graph": {"state": "live", "written_by": ""}}', False),
        ('{"status": "ok", "graph": {"state": "left-behind", "finding": "x"}}', False),
        ('{"status": "ok"}', False),
    ],
)
def test_whether_a_worker_has_the_lease(said: str, *, expected: bool) -> None:
    assert _load_health().has_worker(said) is expected


def test_health_is_asked_under_the_server_s_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main = _load_health().main
    with running_server(tmp_path, settings={"allowed_hosts": "provenance.example.org"}) as server:
        address = f"{server.url}/health"
        monkeypatch.setenv("PROVSTORE_BASE_URL", "https://provenance.example.org/archive")
        assert main([address]) == 0
        assert capsys.readouterr().out.startswith('{"status":"ok"')
        assert main([address, "--graph"]) == 1
        monkeypatch.setenv("PROVSTORE_BASE_URL", "https://other.example.org")
        assert main([address]) == 1
        assert "unknown-host" in capsys.readouterr().out.splitlines()[-1]
    assert main([address]) == 1
    assert "refused" in capsys.readouterr().out
