"""The recovery sheet (恢复码纸): shown, printed, copied by hand, filed."""
