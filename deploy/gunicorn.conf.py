"""The web server: threads in a few processes, behind a reverse proxy. Numbers come from the environment."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True  # one import, shared memory; connections are opened after the fork
graceful_timeout = int(os.environ.get("GRACEFUL_SECONDS", "30"))
timeout = 60
keepalive = 5
max_requests, max_requests_jitter = 5000, 500
control_socket_disable = True  # no socket in the home folder
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
errorlog, accesslog, loglevel = "-", None, "warning"
