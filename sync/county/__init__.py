"""The county's side: rosters read, checked, proposed, reviewed, published."""
