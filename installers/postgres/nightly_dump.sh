#!/bin/sh
# 每夜备一份整个库，读一遍目录确认能用，留 30 份。放进服务器的 cron，用 postgres 账号运行：
#   15 2 * * *  /opt/centerdesk/nightly_dump.sh centerdesk /backup/centerdesk
# 做不成时退出码不是 0，句子在 stderr；cron 会把它寄给管理员。
set -eu
umask 077
database=${1:?用法：nightly_dump.sh 库名 目录}
folder=${2:?用法：nightly_dump.sh 库名 目录}
mkdir -p "$folder"
name="$folder/$database-$(date +%Y%m%d-%H%M%S).dump"
trap 'rm -f "$name.partial"' EXIT
pg_dump --format=custom --compress=6 --file="$name.partial" --dbname="$database"
pg_restore --list "$name.partial" >/dev/null || { echo "备份读不回来，没有留下：$name" >&2; exit 1; }
sync "$name.partial"
mv "$name.partial" "$name"
echo "备份好了：$name"
find "$folder" -name "$database-*.dump" -type f | sort -r | tail -n +31 | while read -r old; do rm -f "$old"; done
