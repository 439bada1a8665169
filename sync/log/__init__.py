"""C2SP signed notes, RFC 6962 trees, tlog tiles: pure."""
