"""What the staff feature offers to the rest of the program."""

from centerdesk.kernel.manifest import Feature, Permission

FEATURE = Feature(
    id="staff",
    title="账号",
    order=900,
    icon="account",
    help_page="accounts.md",
    models="centerdesk.features.staff.models",
    permissions=(
        Permission("desk.use", "使用服务台"),
        Permission("staff.manage", "提出账号和身份的改动"),
        Permission("staff.approve", "批准账号和身份的改动"),
        Permission("settings.change", "改本站设置"),
        Permission("backup.now", "现在备份"),
        Permission("backup.restore", "提出恢复"),
        Permission("backup.approve", "批准恢复"),
        Permission("audit.read", "查看操作记录"),
    ),
)
