"""The sub-commands of `kiosk`, one a file."""
