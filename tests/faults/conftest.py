"""The ready-made stations of the end-to-end tests, to break."""

from tests.e2e.stations import founded, shelf, station

__all__ = ["founded", "shelf", "station"]
