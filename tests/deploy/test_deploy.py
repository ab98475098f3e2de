"""What stands in deploy/ says what the code does: commands, ports, paths, names of variables and of metrics."""

import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from starlette.applications import Starlette
from typer.testing import CliRunner

from hub.app import read_settings
from hub.cli import app
from hub.clock import SystemClock
from hub.leaving import DRAIN_S, LEAVE_S
from hub.processes.roster import Role
from hub.watch.meters import Meters
from hub.web.health import CHECK_SECONDS, Readiness, health_routes
from hub.web.server import STOP_S
from tests.channels.web.fake_hub import make_channel

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
UNIT = (DEPLOY / "trunkline.service").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
HUBS = {name: of for name, of in COMPOSE["services"].items() if name.startswith("hub-")}
GATEWAYS = [name for name, of in HUBS.items() if "gateway" in of["command"]]
KUBERNETES = DEPLOY / "kubernetes"
MANIFESTS = {
    role: {each["kind"]: each for each in yaml.safe_load_all((KUBERNETES / path).read_text(encoding="utf-8"))}
    for role, path in (("gateway", "gateway.yaml"), ("worker", "worker/worker.yaml"))
}
PODS = {role: of["Deployment"]["spec"]["template"] for role, of in MANIFESTS.items()}
CONTAINERS = {role: pod["spec"]["containers"][0] for role, pod in PODS.items()}
REGION_LABEL = "trunkline/region"
SETTINGS = (DEPLOY / "regions.toml").read_text(encoding="utf-8")
PORT = int(tomllib.loads(SETTINGS)["channels"]["web"]["listen"].rpartition(":")[2])
METRIC = re.compile(r"\btrunkline_[a-z_]+\b")


def understood(*words: str) -> bool:
    """Whether the command line has this command with these options."""
    return CliRunner().invoke(app, [*words, "--help"]).exit_code == 0


def test_the_settings_of_the_fleet_are_valid(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "prompts", tmp_path / "prompts")
    (tmp_path / "regions.toml").write_text(SETTINGS, encoding="utf-8")
    secrets = {name: f"long-enough-to-be-{place}" for place, name in enumerate(re.findall(r'"env:(\w+)"', SETTINGS))}
    settings = read_settings(tmp_path / "regions.toml", secrets, SystemClock())
    assert settings.notices == ()
    assert len(settings.regions) == 3
    told = [of["command"] for of in HUBS.values()]
    assert sorted(words[words.index("--region") + 1] for words in told if "worker" in words) == sorted(settings.regions)
    assert len(GATEWAYS) == 2, "one takes over from the other"
    assert settings.hub.database.startswith("postgresql://trunkline@postgres/trunkline")
    assert COMPOSE["services"]["postgres"]["environment"]["POSTGRES_USER"] == "trunkline"
    telegram = next(each for each in settings.channels if each.channel == "telegram")
    assert telegram.webhook_url, "several processes cannot poll with one token"


def test_the_image_runs_a_command_that_there_is() -> None:
    assert json.loads(re.findall(r"^ENTRYPOINT (.*)$", DOCKERFILE, re.M)[0]) == ["python", "-m", "hub"]
    started = json.loads(re.findall(r"^CMD (.*)$", DOCKERFILE, re.M)[0])
    assert understood(*started)
    assert CONTAINERS["gateway"]["args"] == [*started, "--role", "gateway"]
    assert CONTAINERS["worker"]["args"] == [*started, "--role", "worker", "--region", "$(REGION)"]
    for service in HUBS.values():
        assert service["command"][: len(started)] == started
        assert service["command"][len(started) :: 2] in (["--role"], ["--role", "--region"])
    assert {Role(name) for name in MANIFESTS} == {Role.GATEWAY, Role.WORKER}
    assert f"EXPOSE {PORT}" in DOCKERFILE
    assert f":{PORT}/healthz" in DOCKERFILE
    assert "TRUNKLINE_CONFIG=/data/regions.toml" in DOCKERFILE
    assert "USER 10001:10001" in DOCKERFILE
    assert re.findall(r"^WORKDIR (.*)$", DOCKERFILE, re.M)[-1] == "/data", "paths begin where regions.toml is"
    assert "PYTHONPATH=/app " in DOCKERFILE


def test_the_image_has_what_it_runs_in_the_versions_that_are_tested() -> None:
    locked = set((ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines())
    image = (DEPLOY / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert set(image) <= locked
    names = {re.split(r"[=\[ ]", line, maxsplit=1)[0] for line in image}
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    core = {re.split(r"[><=; ]", each, maxsplit=1)[0] for each in wanted["dependencies"]}
    assert core <= names
    assert {"asyncpg", "python-telegram-bot", "discord-py", "slack-bolt", "opentelemetry-sdk"} <= names
    assert not names & {"pytest", "mypy", "playwright", "xllamacpp"}


@pytest.mark.parametrize("service", HUBS.values(), ids=list(HUBS))
def test_each_process_of_the_fleet_finds_its_files_and_can_write_nowhere_else(service: dict[str, Any]) -> None:
    targets = {mount.split(":")[1]: mount.split(":")[0] for mount in service["volumes"]}
    assert set(targets) == {"/data/regions.toml", "/data/prompts"}
    assert all((DEPLOY / source).exists() for source in targets.values())
    assert all(mount.endswith(":ro") for mount in service["volumes"])
    assert service["read_only"] is True
    assert {where.split(":")[0] for where in service["tmpfs"]} == {"/tmp", "/data/var"}
    assert "PGPASSWORD" in service["environment"]
    assert int(service["stop_grace_period"].removesuffix("s")) > DRAIN_S + LEAVE_S + STOP_S
    assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).resolve() == DEPLOY / "Dockerfile"


def test_the_balancer_and_prometheus_know_every_process() -> None:
    balancer = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    scraped = yaml.safe_load((DEPLOY / "prometheus.yaml").read_text(encoding="utf-8"))["scrape_configs"][0]
    places = {f"{name}:{PORT}" for name in HUBS}
    assert set(re.findall(r"server (hub-[\w-]+:\d+)", balancer)) == {f"{name}:{PORT}" for name in GATEWAYS}
    assert set(COMPOSE["services"]["balancer"]["depends_on"]) == set(GATEWAYS)
    assert set(scraped["static_configs"][0]["targets"]) == places
    assert "location = /metrics { return 404; }" in balancer


async def test_the_page_may_post_through_the_balancer() -> None:
    (published,) = COMPOSE["services"]["balancer"]["ports"]
    address = published.rpartition(":")[0]
    balancer = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    (variable,) = re.findall(r"proxy_set_header Host \$(\w+);", balancer)
    host = {"http_host": address, "host": address.partition(":")[0]}[variable]
    routes = make_channel().routes()
    browser = httpx.AsyncClient(transport=httpx.ASGITransport(Starlette(routes=routes)), base_url=f"http://{address}")
    async with browser:
        answer = await browser.post("/api/admin", headers={"host": host, "origin": f"http://{address}"}, json={})
    assert answer.json()["error"] == "This page is out of date. Reload it."


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=list(CONTAINERS))
def test_probes_ask_for_what_the_hub_answers_and_wait_longer_than_it_takes(container: dict[str, Any]) -> None:
    paths = {route.path for route in health_routes(Readiness({}))}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["path"] in paths
        assert container[probe]["timeoutSeconds"] > CHECK_SECONDS
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz", "a lost database is no reason to be killed"
    assert container["ports"] == [{"name": "http", "containerPort": PORT}]
    assert MANIFESTS["gateway"]["Service"]["spec"]["ports"][0]["targetPort"] == "http"


@pytest.mark.parametrize("role", MANIFESTS)
def test_the_manifests_fit_together(role: str) -> None:
    of, pod, container = MANIFESTS[role], PODS[role], CONTAINERS[role]
    labels = pod["metadata"]["labels"]
    assert labels["app.kubernetes.io/component"] == role
    assert of["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert of["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert pod["spec"]["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"] == labels
    assert of["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == of["Deployment"]["metadata"]["name"]
    assert of["PodDisruptionBudget"]["spec"]["minAvailable"] < of["HorizontalPodAutoscaler"]["spec"]["minReplicas"]
    assert pod["spec"]["terminationGracePeriodSeconds"] > DRAIN_S + LEAVE_S + STOP_S
    assert pod["spec"]["securityContext"]["runAsUser"] == 10001
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    mounts = {each["mountPath"]: each["name"] for each in container["volumeMounts"]}
    assert {"/data", "/data/regions.toml", "/data/prompts", "/tmp"} == set(mounts)
    made = {each["name"]: each["files"] for each in kustomization(".")["configMapGenerator"]}
    wanted = {volume["configMap"]["name"] for volume in pod["spec"]["volumes"] if "configMap" in volume}
    assert set(made) == wanted
    assert set(made["trunkline-prompts"]) == {path.name for path in (ROOT / "prompts").glob("*.md")}


def test_webhooks_and_the_page_reach_gateways_alone() -> None:
    assert MANIFESTS["gateway"]["Service"]["spec"]["selector"] == PODS["gateway"]["metadata"]["labels"]
    assert "Service" not in MANIFESTS["worker"]


def test_each_region_of_the_settings_has_its_workers() -> None:
    regions = set(tomllib.loads(SETTINGS)["regions"])
    assert set(kustomization(".")["resources"]) == {"gateway.yaml", *regions}
    [variable] = CONTAINERS["worker"]["env"]
    assert variable["name"] == "REGION"
    assert variable["valueFrom"]["fieldRef"]["fieldPath"] == f"metadata.labels['{REGION_LABEL}']"
    assert kustomization("worker")["resources"] == ["worker.yaml"]
    for region in regions:
        own = kustomization(region)
        assert own["resources"] == ["../worker"]
        assert own["nameSuffix"] == f"-{region}"
        assert own["labels"] == [{"pairs": {REGION_LABEL: region}, "includeSelectors": True}]
        [patch] = own["patches"]
        assert patch["target"]["kind"] == "HorizontalPodAutoscaler"
        [change] = yaml.safe_load(patch["patch"])
        assert change["op"] == "replace"
        assert change["value"] == region
        *above, last = change["path"].split("/")[1:]
        place: Any = MANIFESTS["worker"]["HorizontalPodAutoscaler"]
        for step in above:
            place = place[int(step) if step.isdecimal() else step]
        assert last in place


def kustomization(folder: str) -> dict[str, Any]:
    path = KUBERNETES / folder / "kustomization.yaml"
    read: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read


def test_the_unit_runs_commands_that_there_are_and_waits_for_draining() -> None:
    lines = dict(re.findall(r"^(ExecStart|ExecStartPre|ExecReload)=\S+/trunkline (.*)$", UNIT, re.M))
    assert set(lines) == {"ExecStart", "ExecStartPre", "ExecReload"}
    assert all(understood(*line.split()) for line in lines.values())
    assert int(re.findall(r"^TimeoutStopSec=(\d+)$", UNIT, re.M)[0]) > DRAIN_S + LEAVE_S + STOP_S
    variables = {param.envvar for param in _config_options()}
    assert re.findall(r"^Environment=(TRUNKLINE_CONFIG)=", UNIT, re.M) == list(variables)


def _config_options() -> list[Any]:
    import typer.main

    command = typer.main.get_command(app).commands["run"]
    return [param for param in command.params if param.name == "config"]


def test_the_dashboard_shows_every_metric_and_no_other() -> None:
    written = (DEPLOY / "grafana.json").read_text(encoding="utf-8")
    shown = {name for target in _targets(json.loads(written)) for name in METRIC.findall(target)}
    there = Meters().names()
    assert shown - there == set()
    assert {_family(name) for name in there} - {_family(name) for name in shown} == set()


def test_the_dashboard_sums_by_labels_that_there_are_and_names_lines_by_them() -> None:
    labels = _labels()
    for panel in json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))["panels"]:
        for target in panel["targets"]:
            expression = target["expr"]
            summed = {each.strip() for part in re.findall(r"by \(([^)]*)\)", expression) for each in part.split(",")}
            asked = set(re.findall(r"(\w+)=~?\"", expression)) - {"job"}
            of = [labels[_family(name)] for name in METRIC.findall(expression)]
            assert all((summed | asked) - {"le"} <= each for each in of), expression
            named = set(re.findall(r"{{(\w+)}}", target["legendFormat"])) - {"instance"}
            assert named <= summed, expression


def _labels() -> dict[str, set[str]]:
    """Of each metric of ours."""
    collectors = [each for each in vars(Meters()).values() if hasattr(each, "_labelnames")]
    return {each.describe()[0].name: set(each._labelnames) for each in collectors}


def test_scaling_and_the_runbook_name_metrics_that_there_are() -> None:
    there = Meters().names()
    metric = MANIFESTS["worker"]["HorizontalPodAutoscaler"]["spec"]["metrics"][0]["external"]["metric"]
    assert metric["name"] in there
    assert set(metric["selector"]["matchLabels"]) == {"region"}
    runbook = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    assert set(METRIC.findall(runbook)) - there - {_family(name) for name in there} == set()


def test_the_adapter_s_rule_asks_for_the_queue_of_no_namespace() -> None:
    """As the comment beside it has it: without that word the adapter adds a label which the metric need not have."""
    written = (KUBERNETES / "worker" / "worker.yaml").read_text(encoding="utf-8")
    told = re.findall(r"^# ( *(?:externalRules:|- seriesQuery|resources:|name:|metricsQuery).*)$", written, re.M)
    [rule] = yaml.safe_load("\n".join(told))["externalRules"]
    metric = MANIFESTS["worker"]["HorizontalPodAutoscaler"]["spec"]["metrics"][0]["external"]["metric"]["name"]
    assert rule["seriesQuery"] == rule["name"]["as"] == metric
    assert rule["resources"] == {"namespaced": False}
    assert f"{metric}{{<<.LabelMatchers>>}}" in rule["metricsQuery"]


def test_the_image_may_write_where_charts_and_large_sorts_need_it() -> None:
    """As its own comment starts it: the root file system is read-only."""
    [run] = re.findall(r"^#   docker run (.*)$", DOCKERFILE, re.M)
    assert "--read-only --tmpfs /tmp " in run
    assert "MPLCONFIGDIR=/tmp" in DOCKERFILE


def test_the_runbook_names_commands_that_there_are() -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`trunkline ([^`]+)`", runbook))
    assert len(named) > 8
    unknown = [line for line in named if not understood(*line.split())]
    assert unknown == []


def _targets(dashboard: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def _family(name: str) -> str:
    return re.sub(r"_(total|bucket|count|sum)$", "", name)
