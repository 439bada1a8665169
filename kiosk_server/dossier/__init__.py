"""A village's year handed out for inspection (案卷移交): what it holds, and how it comes on a stick."""
