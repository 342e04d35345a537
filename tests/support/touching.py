"""Pairs of regions, and whether they touch: by hand."""

from typing import Final

ALL: Final = "circle 0 0 180"
RING = "INTERSECTION (circle 0 0 5 NOT (circle 0 0 4))"
EMPTY = "INTERSECTION (circle 0 0 1 circle 10 0 1)"
AROUND_POLE = "polygon 0 80 120 80 240 80"
ACROSS_0 = "polygon 359 -1 1 -1 1 1 359 1"
CUP = "polygon 0 0 10 0 10 10 8 10 8 2 2 2 2 10 0 10"
CROSSED = "polygon 0 0 10 10 10 0 0 10"
CROWN = "polygon 0 20 60 -1 120 20 180 -1 240 20 300 -1"
"""Its corners are in no hemisphere; north of it is the smaller side."""
CASES: Final = [
    # circles: the sum of the radii, exactly, at any place
    ("circle 0 0 1", "circle 2 0 1", True),
    ("circle 0 0 1", "circle 2.001 0 1", False),
    ("circle 359 0 1", "circle 1 0 1", True),
    ("circle 0 89 1", "circle 180 89 1", True),
    ("circle 0 89 0.99", "circle 180 89 1", False),
    ("circle 10 -90 1", "position 200 -89", True),
    ("circle 10 -90 1", "position 200 -88.99", False),
    ("circle 0 0 1e-6", "position 0 0.9e-6", True),
    ("circle 0 0 1e-6", "position 0 1.1e-6", False),
    ("circle 0 0 179", "position 180 0", False),
    ("circle 0 0 179", "position 180 1", True),
    ("circle 0 0 100", "circle 180 0 79.9", False),
    ("circle 0 0 100", "circle 180 0 80", True),
    (ALL, "position 180 0", True),
    (ALL, "circle 77 -33 0", True),
    ("position 0 0", "position 360 0", True),
    ("position 12 90", "position 300 90", True),
    ("position 0 0", "position 1e-7 0", False),
    # one in the other
    ("circle 10 10 5", "polygon 9 9 11 9 10 11", True),
    ("circle 20 0 0.5", "polygon 0 -20 40 -20 20 30", True),
    ("polygon 0 -20 40 -20 20 30", "polygon 19 -1 21 -1 20 1", True),
    # the same, but beside: no corner of either is in the other
    ("circle 20 -21 0.5", "polygon 0 -20 40 -20 20 30", True),
    # sides of polygons are great circles: tan of the middle's height = tan 80 / cos 60
    (AROUND_POLE, "position 77 90", True),
    (AROUND_POLE, "position 60 84.9", False),
    (AROUND_POLE, "position 60 85", True),
    (AROUND_POLE, "circle 60 80 4.9", False),
    (AROUND_POLE, "circle 60 80 5", True),
    (ACROSS_0, "position 0 0", True),
    (ACROSS_0, "position 360 0", True),
    (ACROSS_0, "position 1 0", True),
    (ACROSS_0, "position 1.01 0", False),
    (ACROSS_0, "position 180 0", False),
    (ACROSS_0, "circle 358 0 0.99", False),
    (ACROSS_0, "circle 358 0 1", True),
    # in either order, and with the first corner told again
    ("polygon 359 1 1 1 1 -1 359 -1", "position 0 0", True),
    ("polygon 359 1 1 1 1 -1 359 -1 359 1", "position 0 0", True),
    ("polygon 359 1 1 1 1 -1 359 -1 359 1", "position 180 0", False),
    # two that cross without a corner of one in the other
    ("polygon -0 -1 10 -1 10 1 0 1", "polygon 4 -5 6 -5 6 5 4 5", True),
    ("polygon 0 -1 3 -1 3 1 0 1", "polygon 4 -5 6 -5 6 5 4 5", False),
    # two with a side, or a part of one, in common
    ("polygon 0 0 5 0 5 5 0 5", "polygon 1 0 4 0 4 -3 1 -3", True),
    ("polygon 0 0 5 0 5 5 0 5", "polygon 5 0 9 0 9 5 5 5", True),
    # not convex: the notch is outside
    (CUP, "position 5 1", True),
    (CUP, "position 5 6", False),
    (CUP, "circle 5 6 2.9", False),
    (CUP, "circle 5 6 3.1", True),
    (CUP, "polygon 3 4 7 4 7 9 3 9", False),
    (CUP, "polygon 3 4 9 4 7 9 3 9", True),
    # crossed: both of its triangles
    (CROSSED, "position 2 5", True),
    (CROSSED, "position 8 5", True),
    (CROSSED, "position 5 2", False),
    (CROSSED, "position 5 8", False),
    # larger than any that fits a hemisphere
    (CROWN, "position 0 90", True),
    (CROWN, "position 0 25", True),
    (CROWN, "position 0 15", False),
    (CROWN, "position 60 0", True),
    (CROWN, "position 0 -90", False),
    (CROWN, "circle 0 -90 88", False),
    (CROWN, "circle 0 -90 89", True),
    # without any area
    ("polygon 7 7 7 7 7 7", "position 7 7", True),
    ("polygon 7 7 7 7 7 7", "position 7 8", False),
    ("polygon 0 0 5 0 10 0", "position 5 0", True),
    ("polygon 0 0 5 0 10 0", "position 5 0.1", False),
    ("polygon 0 0 5 0 10 0", "circle 5 1 1", True),
    # boxes: at a pole a square, of which the sides are one degree away and the corners 1.414
    ("box 0 90 2 2", "position 0 89.01", True),
    ("box 0 90 2 2", "position 0 88.99", False),
    ("box 0 90 2 2", "position 45 88.6", True),
    ("box 0 90 2 2", "position 45 88.5", False),
    ("box 359.5 0 2 2", "position 0.4 0", True),
    ("box 359.5 0 2 2", "position 0.6 0", False),
    ("box 359.5 0 2 2", "position 358.6 0.9", True),
    # the arm is along a great circle, not along the parallel: it ends at 19.42 58.53
    ("box 0 60 20 2", "position 19.4 58.53", True),
    ("box 0 60 20 2", "position 19.4 60", False),
    ("box 10 20 0 0", "position 10 20", True),
    ("box 10 20 0 0", "position 190 -20", False),
    ("box 10 0 0 4", "position 10 1.9", True),
    ("box 10 0 0 4", "position 11 0", False),
    ("box 0 0 180 180", "position 89.9 0", True),
    ("box 0 0 180 180", "position 90.1 0", False),
    ("box 0 0 360 20", "position 89 0", True),
    ("box 0 0 360 20", "position 45 8", False),  # tan 10 cos 45 = tan 7.11
    ("box 0 0 360 20", "position 45 7", True),
    ("box 0 0 360 20", "position 180 0", False),
    ("box 0 0 20 180", "position 9 80", True),
    ("box 0 0 20 180", "position 11 80", False),
    ("box 0 0 20 180", "position 180 89", False),
    # ranges: their sides are parallels
    ("range 0 90 60 61", "position 45 60.5", True),
    ("polygon 0 60 90 60 90 61 0 61", "position 45 60.5", False),
    ("polygon 0 60 90 60 90 61 0 61", "position 45 68", True),  # tan 60 / cos 45 = tan 67.8
    ("range 350 10 -5 5", "position 0 0", True),
    ("range 350 10 -5 5", "position 10.1 0", False),
    ("range 350 10 -5 5", "position 349.9 0", False),
    ("range 0 360 85 90", "position 123 90", True),
    ("range 0 360 85 90", "circle 10 80 4.9", False),
    ("range 0 360 85 90", "circle 10 80 5", True),
    ("range 0 90 -90 90", "position 45 90", True),
    ("range 0 90 -90 90", "position 91 0", False),
    ("range 0 90 -90 90", "circle 91 0 0.9", False),
    ("range 0 90 -90 90", "circle 91 0 1", True),
    ("range 0 360 -10 10", "circle 0 90 79", False),
    ("range 0 360 -10 10", "circle 0 90 80", True),
    ("range 0 360 -90 90", "position 5 5", True),
    ("range 0 270 -1 1", "position 300 0", False),
    ("range 0 270 -1 1", "position 200 0", True),
    ("range 7 7 0 5", "circle 8 2 1", True),
    ("range 7 7 0 5", "circle 8 2 0.99", False),
    # combined
    ("UNION (circle 0 0 1 circle 10 0 1)", "position 10 0.5", True),
    ("UNION (circle 0 0 1 circle 10 0 1)", "position 5 0", False),
    ("NOT (circle 0 0 10)", "circle 0 0 9.9", False),
    ("NOT (circle 0 0 10)", "circle 0 0 10", True),
    ("NOT (circle 0 0 10)", "position 180 0", True),
    ("NOT (circle 0 0 10)", "NOT (circle 180 0 10)", True),
    ("NOT (circle 0 0 10)", "NOT (circle 180 0 170.1)", False),
    ("NOT (polygon 0 0 5 0 5 5 0 5)", "polygon 1 1 4 1 4 4 1 4", False),
    (RING, "position 0 0", False),
    (RING, "position 4.5 0", True),
    (RING, "circle 0 0 3.9", False),
    (RING, "circle 0 0 4", True),
    (RING, "polygon 1 -3 1 3 -0 3 0 -3", False),
    (RING, "box 0 0 7 7", True),  # its corners are 4.9 away
    (RING, "box 0 0 5 5", False),
    (EMPTY, ALL, False),
    (EMPTY, "circle 5 0 90", False),
    (EMPTY, "NOT (position 90 0)", False),
    (f"UNION ({EMPTY} circle 50 0 1)", "circle 5 0 20", False),
    (f"UNION ({EMPTY} circle 50 0 1)", "circle 52 0 1.5", True),
    (f"NOT ({EMPTY})", "position 0 0", True),
    (f"NOT ({ALL})", "circle 0 0 10", False),
]
