"""What the check-in feature offers to the rest of the program."""

from centerdesk.kernel.manifest import Action, DraftKind, Feature, PageEntry, Permission

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
    actions=(
        Action(
            "checkins.show_this",
            "看这家的窗",
            "centerdesk.features.checkins.ui.record_acts:show",
            "checkins.read",
            on="resident",
            icon="curtain",
            fits="centerdesk.features.checkins.queries_resident:is_enrolled",
        ),
        Action(
            "checkins.enrol_this",
            "登记看窗",
            "centerdesk.features.checkins.ui.record_acts:enrol",
            "checkins.enrol",
            on="resident",
            icon="add",
            fits="centerdesk.features.checkins.queries_resident:can_be_enrolled",
        ),
        Action(
            "checkins.pause_this",
            "暂停看窗",
            "centerdesk.features.checkins.ui.record_acts:pause",
            "checkins.enrol",
            on="resident",
            icon="pause",
            fits="centerdesk.features.checkins.queries_resident:is_enrolled",
        ),
        Action(
            "checkins.month_of_this",
            "看这家这个月的记录",
            "centerdesk.features.checkins.ui.record_acts:month",
            "checkins.read",
            on="resident",
            icon="table",
            fits="centerdesk.features.checkins.queries_resident:is_enrolled",
        ),
    ),
    drafts=(
        DraftKind(
            "checkins.close",
            "报警结案",
            "centerdesk.features.checkins.ui.resuming:close",
            "checkins.close",
        ),
        DraftKind(
            "checkins.pause",
            "看窗暂停",
            "centerdesk.features.checkins.ui.resuming:pause",
            "checkins.record",
        ),
        DraftKind(
            "checkins.enrol",
            "看窗登记",
            "centerdesk.features.checkins.ui.resuming:enrol",
            "checkins.record",
        ),
        DraftKind(
            "checkins.withdraw",
            "撤销看窗登记",
            "centerdesk.features.checkins.ui.resuming:withdraw",
            "checkins.record",
        ),
    ),
    indicators=("centerdesk.features.checkins.indicators:INDICATORS",),
    timeline=("centerdesk.features.checkins.queries_elder:timeline",),
    search=("centerdesk.features.checkins.queries_sheet:search_sheets",),
    opens={
        "proposal.enrol": "centerdesk.features.checkins.commands_proposals:DecideEnrolProposal",
        "proposal.pause": "centerdesk.features.checkins.commands_proposals:DecideEnrolProposal",
        "proposal.withdraw": "centerdesk.features.checkins.commands_proposals:DecideWithdrawProposal",
    },
    demo="centerdesk.features.checkins.demo:build",
)
