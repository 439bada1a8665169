"""What every page shares: frame, language, wording, icons, templates."""
