"""deploy/alerts.yml: rules that Prometheus understands, over what is measured; each is in the guide, and rings."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import timezone

from coachnet.lib.embedded import PROJECT
from coachnet.operations import metrics
from coachnet.operations.models import Pulse
from dashboards.models import Upkeep

RULES = PROJECT / "deploy" / "alerts.yml"
GUIDE = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
PROMTOOL = shutil.which("promtool") or ""
# Of Prometheus itself and of its Blackbox exporter.
FOREIGN = {"up", "probe_success"}
# A name before the labels or the range, or by itself between brackets; functions are followed by a bracket.
SELECTED = re.compile(r"\b([a-z_]+)(?=[{\[)]| ==| >)")

TICK = 'coachnet_last_done_seconds{what="coachnet.notifications.tasks.send_due"}'
FAULT = 'coachnet_requests_total{route="home",status="500"}'
# Two hours when all is well, a value a minute.
QUIET = {
    'up{job="coachnet",instance="a"}': "1x120",
    'probe_success{job="coachnet-ready"}': "1x120",
    'coachnet_up{part="postgres"}': "1x120",
    TICK: "20x120",
    'coachnet_last_done_seconds{what="backup"}': "40000+60x120",
    'coachnet_last_done_seconds{what="proof"}': "40000+60x120",
    "coachnet_reminder_lag_seconds": "30x120",
    'coachnet_mails{state="failed"}': "7x120",
    'coachnet_mails{state="queued"}': "0+100x120",
    "coachnet_queue_depth": "5000x60 0x60",
    "coachnet_rollup_age_seconds": "30x120",
    "coachnet_rollup_waiting": "90000x60 0x60",
    'coachnet_requests_total{route="home",status="200"}': "0+100x120",
    'coachnet_requests_total{route="health-ready",status="503"}': "0+60x120",
    FAULT: "0x120",
    'coachnet_request_seconds_bucket{route="home",le="1"}': "0+100x120",
    'coachnet_request_seconds_bucket{route="home",le="+Inf"}': "0+101x120",
}
# What is otherwise when one of them rings; None is not measured at all.
RINGING: dict[str, list[dict[str, str | None]]] = {
    "CoachnetUnmeasured": [{'up{job="coachnet",instance="a"}': value} for value in ("0x120", None)],
    "CoachnetNotReady": [{'probe_success{job="coachnet-ready"}': value} for value in ("0x120", None)],
    "CoachnetPartAway": [{'coachnet_up{part="valkey"}': "0x120"}],
    "CoachnetRemindersStandStill": [{TICK: "0+60x120"}],
    "CoachnetRemindersLate": [{"coachnet_reminder_lag_seconds": "0+60x120"}],
    "CoachnetMailsGivenUp": [{'coachnet_mails{state="failed"}': "7x90 8x30"}],
    "CoachnetQueueGrows": [{"coachnet_queue_depth": "0x90 300x30"}],
    "CoachnetFiguresOld": [{"coachnet_rollup_age_seconds": "0+60x120"}],
    "CoachnetFiguresFallBehind": [{"coachnet_rollup_waiting": "20000x120"}],
    "CoachnetNoBackup": [
        {'coachnet_last_done_seconds{what="backup"}': value} for value in ("90000+60x120", None)
    ],
    "CoachnetNoProof": [
        {'coachnet_last_done_seconds{what="proof"}': value} for value in ("90000+60x120", None)
    ],
    "CoachnetFaults": [{FAULT: "0+2x120"}],
    "CoachnetSlowPages": [{'coachnet_request_seconds_bucket{route="home",le="2.5"}': "0+150x120"}],
}
RINGING["CoachnetSlowPages"][0]['coachnet_request_seconds_bucket{route="home",le="+Inf"}'] = "0+150x120"


@pytest.fixture(scope="module")
def rules() -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


@pytest.mark.django_db
def test_every_alert_goes_by_what_is_measured(rules: dict[str, dict[str, Any]]):
    for name in (Pulse.SWEEP, Pulse.BACKUP, Pulse.PROOF):
        Pulse.objects.beat(name)
    Upkeep.objects.update_or_create(pk=1, defaults={"current_at": timezone.now()})
    returned = metrics.exposition().decode()
    measured = set(re.findall(r"^# TYPE (coachnet_\w+)", returned, re.MULTILINE)) | FOREIGN
    measured |= {f"{name}_bucket" for name in re.findall(r"^# TYPE (\w+) histogram", returned, re.MULTILINE)}
    assert SELECTED.findall('max(a[1m]) > 1 or absent(b{x="y"})') == ["a", "b"]  # the control
    for name, rule in rules.items():
        used = set(SELECTED.findall(re.sub(r'"[^"]*"|by \([^)]*\)', "", rule["expr"])))
        assert used, name
        assert used <= measured, name
        for what in re.findall(r'what="([^"]+)"', rule["expr"]):
            assert f'coachnet_last_done_seconds{{what="{what}"}}' in returned


def test_the_guide_says_what_to_do_about_each(rules: dict[str, dict[str, Any]]):
    assert re.findall(r"^\| `(Coachnet\w+)` \|", GUIDE, re.MULTILINE) == list(rules)
    for rule in rules.values():
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"]["summary"]
        for job in re.findall(r'job="([^"]+)"', rule["expr"]):
            assert f"job_name: {job}\n" in GUIDE


def test_each_alert_has_a_case_in_which_it_rings(rules: dict[str, dict[str, Any]]):
    assert set(RINGING) == set(rules)


@pytest.mark.skipif(not PROMTOOL, reason="no promtool on this machine")
def test_each_alert_rings_for_its_own_cause_and_none_when_all_is_well(tmp_path: Path):
    def case(otherwise: dict[str, str | None], name: str) -> dict[str, Any]:
        series = {key: values for key, values in (QUIET | otherwise).items() if values}
        firing = {"labels": f'{{alertname="{name}"}}', "value": 1}
        asked = 'group by (alertname) (ALERTS{alertstate="firing"})'
        return {
            "name": name or "quiet",
            "interval": "1m",
            "input_series": [{"series": key, "values": values} for key, values in series.items()],
            "promql_expr_test": [{"expr": asked, "eval_time": "2h", "exp_samples": [firing] if name else []}],
        }

    cases = [case({}, ""), *(case(one, name) for name, ones in RINGING.items() for one in ones)]
    file = tmp_path / "cases.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "tests": cases}), encoding="utf-8")
    for command in (["check", "rules", str(RULES)], ["test", "rules", str(file)]):
        done = subprocess.run([PROMTOOL, *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
