"""The desk program (服务台): start, window, shell, end."""

from centerdesk.qtkit.plain_import import keep_plain_import

keep_plain_import()  # before any module here imports Qt
