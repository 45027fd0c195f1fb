"""Measuring: pages, writing and searching through the deployed web server, beside floors on the same server."""
