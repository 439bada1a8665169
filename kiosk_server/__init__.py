"""The server of one village: archive, press, doors and the two commands `kiosk` and `county`."""
