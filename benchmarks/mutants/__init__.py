"""Wrong rewrites by the thousand: kinds of mutation, where they come from, which are not wrong."""
