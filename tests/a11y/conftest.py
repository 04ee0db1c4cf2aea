"""Stations and desks of the walks."""

from tests.app.conftest import clock, made
from tests.app.shell.conftest import morning, scene_of_morning
from tests.e2e.stations import filled, founded, peopled, shelf

__all__ = ["clock", "filled", "founded", "made", "morning", "peopled", "scene_of_morning", "shelf"]
