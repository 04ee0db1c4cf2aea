"""Stations of the walks."""

from tests.e2e.stations import filled, founded, peopled, shelf

__all__ = ["filled", "founded", "peopled", "shelf"]
