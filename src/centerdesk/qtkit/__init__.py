"""Our Qt toolkit: what every page and widget is made of. Imports the kernel, never a feature."""

from centerdesk.qtkit.none_guard import keep_none_alive

keep_none_alive()
