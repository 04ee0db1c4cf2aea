"""What the returns feature offers to the rest of the program."""

from centerdesk.kernel.manifest import Feature, PageEntry, Permission

FEATURE = Feature(
    id="returns",
    title="月报",
    order=100,
    icon="document_table",
    help_page="returns.md",
    models="centerdesk.features.returns.models",
    permissions=(
        Permission("returns.read", "看月报"),
        Permission("returns.draft", "编月报"),
        Permission("returns.sign", "签发月报"),
    ),
    pages=(
        PageEntry(
            "returns",
            "月报",
            "document_table",
            "centerdesk.features.returns.ui.pages:ReturnPage",
            "returns.read",
            "Ctrl+0",
        ),
    ),
    demo="centerdesk.features.returns.demo:build",
)
