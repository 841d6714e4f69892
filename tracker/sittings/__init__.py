"""The Council's decision on a draft: members' positions, or the decision taken at a sitting."""
