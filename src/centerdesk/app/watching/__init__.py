"""Starting and stopping the watcher from the desk (看护)."""
