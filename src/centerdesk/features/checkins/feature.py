"""What the check-in feature offers to the rest of the program."""

from centerdesk.kernel.manifest import Feature, PageEntry, Permission

FEATURE = Feature(
    id="checkins",
    title="窗帘",
    order=20,
    icon="curtain",
    help_page="checkins.md",
    models="centerdesk.features.checkins.models",
    permissions=(
        Permission("checkins.read", "看窗帘和报警"),
        Permission("checkins.record", "记看窗"),
        Permission("checkins.acknowledge", "接报警"),
        Permission("checkins.close", "给报警结案"),
        Permission("checkins.enrol", "登记老人、设暂停"),
        Permission("checkins.withdraw", "撤销登记"),
        Permission("checkins.rules", "改时段和报警规则"),
    ),
    pages=(
        PageEntry(
            "checkins",
            "窗帘",
            "curtain",
            "centerdesk.features.checkins.ui.pages:RoundPage",
            "checkins.read",
            "Ctrl+2",
        ),
    ),
    indicators=("centerdesk.features.checkins.indicators:INDICATORS",),
    timeline=("centerdesk.features.checkins.queries:timeline",),
    opens={
        "proposal.enrol": "centerdesk.features.checkins.commands_proposals:DecideEnrolProposal",
        "proposal.pause": "centerdesk.features.checkins.commands_proposals:DecideEnrolProposal",
        "proposal.withdraw": "centerdesk.features.checkins.commands_proposals:DecideWithdrawProposal",
    },
    demo="centerdesk.features.checkins.demo:build",
)
