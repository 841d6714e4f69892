"""The installation itself: whether its periodic jobs run, and starting it all together."""
