"""What the people feature offers to the rest of the program."""

from centerdesk.kernel.manifest import Action, DraftKind, Feature, PageEntry, Permission

FEATURE = Feature(
    id="people",
    title="居民",
    order=30,
    icon="people",
    help_page="people.md",
    models="centerdesk.features.people.models",
    permissions=(
        Permission("people.find", "查居民（打码）"),
        Permission("people.reveal", "看全号"),
        Permission("people.write", "登记和修改居民"),
        Permission("people.merge", "合并、删除居民"),
        Permission("people.import", "导入居民表"),
        Permission("people.export", "导出、打印（打码）"),
        Permission("people.export_full", "导出全号"),
    ),
    pages=(
        PageEntry(
            "people",
            "居民",
            "people",
            "centerdesk.features.people.ui.pages:LedgerPage",
            "people.find",
            "Ctrl+3",
        ),
        PageEntry(
            "people.import",
            "导入",
            "import",
            "centerdesk.features.people.ui.import_page:ImportPage",
            "people.import",
        ),
    ),
    actions=(
        Action(
            "people.edit_this",
            "改这位的资料",
            "centerdesk.features.people.ui.record_acts:edit",
            "people.write",
            on="resident",
            icon="edit",
        ),
        Action(
            "people.verify_this",
            "核实，没变化",
            "centerdesk.features.people.ui.record_acts:verify",
            "people.write",
            on="resident",
            icon="checkmark_circle",
        ),
        Action(
            "people.depart_this",
            "登记迁出或去世",
            "centerdesk.features.people.ui.record_acts:depart",
            "people.write",
            on="resident",
            icon="person",
        ),
    ),
    drafts=(
        DraftKind(
            "people.resident",
            "居民登记表",
            "centerdesk.features.people.ui.record_acts:resume_resident",
            "people.write",
        ),
        DraftKind(
            "people.departure",
            "迁出、去世登记表",
            "centerdesk.features.people.ui.record_acts:resume_departure",
            "people.write",
        ),
    ),
    indicators=("centerdesk.features.people.indicators:INDICATORS",),
    today=("centerdesk.features.people.queries_proposals:today_card",),
    search=("centerdesk.features.people.queries:search_people",),
    timeline=("centerdesk.features.people.queries_detail:timeline",),
    opens={
        "proposal.remove": "centerdesk.features.people.commands_proposals:DecideRecordProposal",
        "proposal.merge": "centerdesk.features.people.commands_proposals:DecideRecordProposal",
    },
    demo="centerdesk.features.people.demo:build",
)
