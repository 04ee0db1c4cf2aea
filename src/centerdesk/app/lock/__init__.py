"""The locked desk (锁屏)."""
