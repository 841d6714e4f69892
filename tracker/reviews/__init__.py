"""Expert reviews: assigned, accepted or declined, and answered with an opinion."""
