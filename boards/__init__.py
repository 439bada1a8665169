"""The village notice board (村务公开栏): its words, rules, sheets and pages. Pure."""
