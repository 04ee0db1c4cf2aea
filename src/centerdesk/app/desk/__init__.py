"""The desk program (服务台): start, window, shell, end."""

import sys

from centerdesk.qtkit.plain_import import keep_plain_import

keep_plain_import()  # before any module here imports Qt
sys.setswitchinterval(0.0002)  # a lane that computes gives the window its turn after 0.2 ms, not 5
