"""Reads across the apps: the region overview and its rollups."""
