"""Following: to hear of the moves of an act, or of all acts that a body leads, by one's own wish.

Who follows is told of moves alone, only while they may see the act, and can end it by one click.
"""
