"""What a web process does not load, since it seldom or never needs it: each is megabytes in every one of them."""

import json
import os
import subprocess
import sys

from coachnet.lib.embedded import PROJECT
from tools.bench.served import ABSENT

SELDOM = ("drf_spectacular.openapi", "django.test", "icalendar", "requests", "xlsxwriter", "qrcode")
LOADED = f"""
import json, sys
import coachnet.wsgi
import rest_framework.compat
print(json.dumps([[name for name in {SELDOM!r} if name in sys.modules], rest_framework.compat.requests is None]))
import requests
"""


def test_a_web_process_leaves_out_what_it_seldom_needs(tmp_path):
    lines = (PROJECT / "deploy" / "check.env").read_text(encoding="utf-8").splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOADED],
        cwd=PROJECT,
        env=inherited | settings | {"STATIC_ROOT": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,  # to import requests afterwards works: it is only kept from REST framework
    )
    assert json.loads(done.stdout) == [[], True]


def test_what_the_measured_server_hides_is_in_no_deployment():
    requirements = (PROJECT / "requirements.txt").read_text(encoding="utf-8")
    for name in ABSENT:
        assert f"\n{name}==" not in requirements
    assert "\nstructlog==" in requirements  # the control: so would a package stand
