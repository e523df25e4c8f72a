"""What the parts cost, measured so that anybody can repeat it."""
