"""The features of this program, one line each: the only place that names them all."""

from centerdesk.features.checkins.feature import FEATURE as CHECKINS
from centerdesk.features.people.feature import FEATURE as PEOPLE
from centerdesk.features.places.feature import FEATURE as PLACES
from centerdesk.features.returns.feature import FEATURE as RETURNS
from centerdesk.features.staff.feature import FEATURE as STAFF
from centerdesk.kernel.manifest import Manifests

LAYERS = (STAFF, PLACES, PEOPLE, CHECKINS, RETURNS)
"""Lowest first: the order in which they are built up (demo)."""


def manifests() -> Manifests:
    """The registry of all features, in rail order."""
    return Manifests(LAYERS)
