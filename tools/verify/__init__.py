"""Verifying what only foreign judges can: Lighthouse, the Nu HTML checker, and a slow line."""
