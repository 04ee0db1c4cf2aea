"""What the places feature offers to the rest of the program."""

from centerdesk.kernel.manifest import Feature, Permission

FEATURE = Feature(
    id="places",
    title="网格与楼栋",
    order=800,
    icon="building",
    help_page="places.md",
    models="centerdesk.features.places.models",
    permissions=(
        Permission("places.read", "查看网格与楼栋"),
        Permission("places.write", "改网格与楼栋"),
    ),
)
