"""What the synthetic district looks like, in one place: distributions the generator draws from, and its targets.

Nothing here is a statistic of a real place: the figures are round numbers of the order that official publications
give for a district on Java. A distribution is given for the poorest and the richest family, codes as in the
codebook; in between it runs log-linearly with the rank. A curve is a list of (age, value) points.
"""

from __future__ import annotations

from collections.abc import Sequence

from regsosek.sample.draws import Ends, Shares

Curve = Sequence[tuple[float, float]]

# What a sample must show; docs/sample.md repeats these tables and a test checks them. --------------------------

AGE_STRUCTURE: dict[tuple[int, int], float] = {
    (0, 4): 7.5,
    (5, 14): 16.0,
    (15, 24): 15.0,
    (25, 39): 24.0,
    (40, 59): 25.5,
    (60, 98): 12.0,
}
"""Percent of residents by age; within 2 points."""

ATTENDANCE: dict[tuple[int, int], float] = {(7, 12): 99.0, (13, 15): 95.0, (16, 18): 75.0}
"""Percent of residents of that age who attend school (r412 = 2); within 2 points."""

DECILE_GRADIENTS: dict[str, tuple[float, float]] = {
    "lantai tidak layak": (17.0, 0.8),
    "jamban sendiri": (68.0, 98.5),
    "daya 450": (72.0, 5.0),
    "bahan bakar bersih": (74.0, 99.0),
    "penerima PKH": (45.0, 1.2),
    "penerima BPNT": (58.0, 2.2),
    "mobil": (0.7, 38.0),
    "tanpa rekening": (72.0, 12.0),
    "sekolah 16-18": (61.0, 89.0),
    "PBI-JKN": (70.0, 11.0),
}
"""Percent in decile 1 and in decile 10, falling or rising in between; within 4 points (8 for sekolah 16-18)."""

DISABILITY: dict[tuple[int, int], float] = {(2, 17): 1.3, (18, 59): 2.6, (60, 98): 15.0}
"""Percent of residents of that age with a serious difficulty (r428a to i, 1 or 2); within 2 points."""

FEMALE_HEADS = 15.0
"""Percent of families, within 2 points."""

PERSONS_PER_FAMILY = 3.25
"""Persons listed per family, residents or not; within 0.15."""

NON_RESIDENTS = 2.0
"""Percent of the persons listed (dead, moved, not found); within 0.7 points."""

# The family --------------------------------------------------------------------------------------------------

HEAD_AGES: dict[tuple[int, int], float] = {
    (18, 24): 2.5,
    (25, 34): 17.0,
    (35, 44): 25.5,
    (45, 54): 23.0,
    (55, 64): 17.5,
    (65, 74): 9.5,
    (75, 89): 5.0,
}
FEMALE_HEAD: Curve = [(20, 0.05), (35, 0.06), (50, 0.13), (65, 0.26), (80, 0.38)]
MAN_WITH_WIFE: Curve = [(18, 0.55), (24, 0.82), (30, 0.94), (60, 0.93), (70, 0.85), (85, 0.62)]
CHILDREN_EVER: Ends = (
    {0: 4, 1: 15, 2: 37, 3: 29, 4: 15},
    {0: 6, 1: 22, 2: 46, 3: 21, 4: 5},
)
CHILD_AT_HOME: Curve = [(0, 0.99), (15, 0.98), (18, 0.94), (22, 0.80), (26, 0.55), (32, 0.30), (40, 0.13), (60, 0.05)]
CHILD_EVER_MARRIED: Curve = [(17, 0.0), (18, 0.02), (22, 0.14), (28, 0.36), (35, 0.50), (60, 0.6)]
PARENT_AT_HOME = 0.085
GRANDCHILD_ALONE = 0.07
OTHER_RELATIVE = 0.02
HELPER: tuple[float, float] = (0.0, 0.008)
NON_RESIDENT: Curve = [(0, 0.012), (16, 0.015), (19, 0.085), (35, 0.06), (50, 0.03), (65, 0.12), (98, 0.15)]

# The visit ---------------------------------------------------------------------------------------------------

NOT_INTERVIEWED = 0.007
"""Share of families with r205 in 3, 4, 5: they have no persons and no answers."""
VISIT: Shares = {1: 97, 2: 3}
NO_INTERVIEW: Shares = {3: 45, 4: 15, 5: 40}
SHARED_KK = 0.012
"""Share of families that are an offshoot on a neighbour's KK (r115 = 2 beside 1)."""

# Block III, by standing of the family ------------------------------------------------------------------------

HOUSING: dict[str, Ends] = {
    "r301a": (
        {1: 84, 2: 2.5, 3: 12.9, 4: 0.1, 5: 0.5},
        {1: 92, 2: 5.5, 3: 1.5, 4: 0.8, 5: 0.2},
    ),
    "r301b": (
        {1: 38, 2: 5, 3: 14, 4: 0.5, 5: 32, 6: 10.5},
        {1: 82, 2: 5, 3: 4, 4: 3, 5: 5, 6: 1},
    ),
    "r303": (
        {1: 0.4, 2: 27, 3: 0.5, 4: 14, 5: 1.2, 6: 38, 7: 1.2, 8: 17.0, 9: 0.7},
        {1: 9, 2: 84, 3: 2, 4: 2.8, 5: 0.2, 6: 1.4, 7: 0.02, 8: 0.48, 9: 0.1},
    ),
    "r304": (
        {1: 70, 2: 8, 3: 11, 4: 7, 5: 1, 6: 2, 7: 1},
        {1: 98.6, 2: 0.5, 3: 0.6, 4: 0.1, 5: 0.1, 6: 0.05, 7: 0.05},
    ),
    "r305": (
        {1: 0.4, 2: 84, 3: 4, 4: 9.5, 5: 0.5, 6: 0.3, 7: 0.8, 8: 0.5},
        {1: 8, 2: 86, 3: 2, 4: 3.6, 5: 0.05, 6: 0.2, 7: 0.05, 8: 0.1},
    ),
    "r306a": (
        {1: 0.5, 2: 8, 3: 14, 4: 27, 5: 32, 6: 9, 7: 4, 8: 3, 9: 1.3, 10: 0.7, 11: 0.5},
        {1: 14, 2: 42, 3: 17, 4: 18, 5: 7, 6: 0.5, 7: 1, 8: 0.2, 9: 0.1, 10: 0.1, 11: 0.1},
    ),
    "r306b": ({1: 44, 2: 50, 8: 6}, {1: 22, 2: 75, 8: 3}),
    "r307a": ({1: 88.5, 2: 10, 3: 0.5, 4: 1.0}, {1: 99.6, 2: 0.3, 3: 0.05, 4: 0.05}),
    "r307b1": ({1: 76, 2: 22, 3: 1.6, 4: 0.3, 5: 0.1}, {1: 4, 2: 40, 3: 34, 4: 16, 5: 6}),
    "r308": (
        {0: 1.2, 1: 0.3, 2: 0.1, 3: 0.1, 4: 69, 5: 0.05, 6: 0.05, 7: 0.6, 8: 0.2, 9: 0.6, 10: 27.5, 11: 0.3},
        {0: 1.5, 1: 3, 2: 9, 3: 10, 4: 75, 5: 0.7, 6: 0.1, 7: 0.1, 8: 0.02, 9: 0.05, 10: 0.5, 11: 0.03},
    ),
    "r309a": (
        {1: 63, 2: 13, 3: 3, 4: 4, 5: 2, 6: 15},
        {1: 98.8, 2: 0.8, 3: 0.1, 4: 0.1, 5: 0.1, 6: 0.1},
    ),
    "r309b": ({1: 84, 2: 7, 3: 3, 4: 6}, {1: 98.8, 2: 0.9, 3: 0.1, 4: 0.2}),
    "r310": ({1: 60, 2: 1, 3: 15, 4: 22, 5: 1.5, 6: 0.5}, {1: 95, 2: 3, 3: 0.9, 4: 1, 5: 0.05, 6: 0.05}),
}
FLOOR_AREA: tuple[float, float] = (42.0, 105.0)
"""Median m² of the poorest and the richest; log-normal around it."""
SECOND_METER: tuple[float, float] = (0.002, 0.09)

# Block V, chance at the poorest and the richest end ----------------------------------------------------------

PROGRAMMES: dict[str, tuple[float, float]] = {
    "r501a": (0.625, 0.018),
    "r501b": (0.51, 0.010),
    "r501c": (0.24, 0.008),
    "r501d": (0.30, 0.02),
    "r501e": (0.07, 0.006),
    "r501f": (0.13, 0.05),
    "r501g": (0.22, 0.10),
}
ASSETS: dict[str, tuple[float, float]] = {
    "r502a": (0.004, 0.30),
    "r502b": (0.22, 0.96),
    "r502c": (0.001, 0.30),
    "r502d": (0.0004, 0.08),
    "r502e": (0.001, 0.06),
    "r502f": (0.02, 0.55),
    "r502g": (0.02, 0.58),
    "r502h": (0.015, 0.62),
    "r502i": (0.48, 0.985),
    "r502j": (0.30, 0.66),
    "r502k": (0.004, 0.45),
    "r502l": (0.004, 0.002),
    "r502m": (0.001, 0.003),
    "r502n": (0.55, 0.985),
    "r503a": (0.11, 0.36),
    "r503b": (0.006, 0.12),
}
LIVESTOCK: dict[str, float] = {"r504a": 0.015, "r504b": 0.003, "r504c": 0.0005, "r504d": 0.0005, "r504e": 0.07}
"""Chance of keeping any in the countryside; a third of it in town."""
INTERNET: Ends = ({0: 44, 1: 0.3, 2: 3.7, 3: 52}, {0: 4, 1: 16, 2: 30, 3: 50})
ACCOUNT: Ends = ({1: 1, 2: 22, 3: 1, 4: 76}, {1: 6, 2: 62, 3: 21, 4: 11})

# Block IV ----------------------------------------------------------------------------------------------------

PREGNANT: Curve = [(14, 0.0), (17, 0.07), (24, 0.11), (32, 0.07), (40, 0.02), (48, 0.0)]
BIRTH_CERTIFICATE: Curve = [(0, 0.82), (3, 0.94), (17, 0.95), (25, 0.80), (45, 0.55), (70, 0.35)]
CHILD_CARD: Curve = [(0, 0.35), (6, 0.58), (16, 0.45)]
KTP: Curve = [(17, 0.78), (18, 0.95), (25, 0.99), (98, 0.985)]

NEVER_AT_SCHOOL: Curve = [
    (5, 0.66), (6, 0.10), (7, 0.006), (12, 0.004), (18, 0.006), (40, 0.012), (60, 0.08), (75, 0.22), (90, 0.36),
]  # fmt: skip
STILL_AT_SCHOOL: Curve = [
    (5, 0.34), (6, 0.90), (7, 0.995), (12, 0.990), (13, 0.980), (15, 0.935), (16, 0.85), (18, 0.69), (19, 0.34),
    (22, 0.20), (25, 0.04), (30, 0.008), (45, 0.001), (98, 0.0),
]  # fmt: skip
SCHOOL_SLOPE = 2.0
"""Logits of school attendance from the poorest to the richest."""

# Level completed by those who left school: 0 none, 1 SD, 2 SMP, 3 SMA, 4 diploma, 5 S1, 6 profesi, 7 S2, 8 S3.
LEVEL_COMPLETED: dict[tuple[int, int], Ends] = {
    (5, 12): ({0: 1}, {0: 1}),
    (13, 15): ({0: 12, 1: 78, 2: 10}, {0: 8, 1: 72, 2: 20}),
    (16, 24): (
        {0: 3, 1: 31, 2: 40, 3: 26},
        {0: 0.5, 1: 5, 2: 16, 3: 74, 4: 1.5, 5: 3},
    ),
    (25, 39): (
        {0: 8, 1: 45, 2: 29, 3: 17, 4: 0.3, 5: 0.6, 6: 0.02, 7: 0.02, 8: 0.001},
        {0: 0.7, 1: 9, 2: 16, 3: 44, 4: 7, 5: 21, 6: 0.8, 7: 1.9, 8: 0.05},
    ),
    (40, 59): (
        {0: 22, 1: 55, 2: 15, 3: 7.5, 4: 0.2, 5: 0.3, 6: 0.01, 7: 0.01, 8: 0.001},
        {0: 3, 1: 26, 2: 18, 3: 33, 4: 5, 5: 13, 6: 0.5, 7: 2, 8: 0.1},
    ),
    (60, 98): (
        {0: 56, 1: 37, 2: 4.5, 3: 2.2, 4: 0.1, 5: 0.1, 6: 0.01, 7: 0.01, 8: 0.001},
        {0: 14, 1: 39, 2: 15, 3: 19, 4: 4, 5: 7.5, 6: 0.3, 7: 1, 8: 0.1},
    ),
}
# School type within a level, as codes of 413 and 415.
SCHOOL_TYPES: dict[int, Shares] = {
    1: {3: 84.6, 4: 14, 1: 0.5, 2: 0.3, 5: 0.6},
    2: {8: 72, 9: 24.5, 6: 1.6, 7: 0.3, 10: 1.6},
    3: {15: 48, 13: 36, 14: 11.5, 11: 2.5, 12: 0.3, 16: 0.5, 17: 1.2},
    4: {18: 1},
    5: {19: 1},
    6: {20: 1},
    7: {21: 1},
    8: {22: 1},
}
WENT_ON_AND_LEFT = 0.06
"""Of those who left school below SMA: share who had entered the next level."""

WORKS: dict[int, Curve] = {  # by r405
    1: [(9, 0), (10, 0.006), (14, 0.02), (15, 0.30), (18, 0.55), (22, 0.82), (28, 0.94), (50, 0.94), (58, 0.85),
        (65, 0.68), (75, 0.40), (88, 0.08)],
    2: [(9, 0), (10, 0.004), (14, 0.012), (15, 0.22), (18, 0.38), (22, 0.48), (30, 0.47), (45, 0.57), (55, 0.55),
        (65, 0.40), (75, 0.20), (88, 0.03)],
}  # fmt: skip
WORKS_WHILE_AT_SCHOOL = 0.10
"""Of those who would work, the share who do so while they attend school."""

SECTORS: dict[int, Ends] = {  # r417 by r405
    1: (
        {1: 27, 2: 4, 3: 1.5, 4: 2, 5: 1.5, 6: 2, 7: 0.8, 8: 13, 9: 0.2, 10: 0.6, 11: 26, 12: 9, 13: 6, 14: 2.5,
         15: 0.2, 16: 0.1, 17: 0.1, 18: 0.3, 19: 0.3, 20: 0.5, 21: 0.3, 22: 0.1, 23: 0.2, 24: 1.8, 25: 0.4, 26: 0.01},
        {1: 7, 2: 2, 3: 0.5, 4: 1, 5: 1.2, 6: 0.3, 7: 0.6, 8: 18, 9: 1, 10: 0.5, 11: 8, 12: 24, 13: 6, 14: 4,
         15: 2, 16: 2.6, 17: 0.5, 18: 2, 19: 1, 20: 8, 21: 6, 22: 2, 23: 0.4, 24: 3, 25: 0.1, 26: 0.02},
    ),
    2: (
        {1: 25, 2: 4, 3: 1.2, 4: 0.4, 5: 1, 6: 0.6, 7: 0.1, 8: 23, 9: 0.05, 10: 0.4, 11: 0.4, 12: 22, 13: 0.3, 14: 9,
         15: 0.2, 16: 0.2, 17: 0.1, 18: 0.2, 19: 0.3, 20: 0.4, 21: 1.2, 22: 0.4, 23: 0.1, 24: 4, 25: 6, 26: 0.01},
        {1: 4, 2: 1, 3: 0.3, 4: 0.2, 5: 0.7, 6: 0.1, 7: 0.1, 8: 18, 9: 0.3, 10: 0.2, 11: 0.5, 12: 32, 13: 0.6, 14: 8,
         15: 1.2, 16: 3, 17: 0.4, 18: 2, 19: 0.6, 20: 5, 21: 13, 22: 6, 23: 0.3, 24: 2.6, 25: 0.3, 26: 0.02},
    ),
}  # fmt: skip
# r418 by kind of sector: agriculture (1-6), government and services (20-22), the rest.
POSITIONS: dict[str, Ends] = {
    "pertanian": ({1: 20, 2: 18, 3: 0.5, 4: 2, 6: 44, 7: 0.5, 8: 15}, {1: 32, 2: 30, 3: 8, 4: 6, 6: 8, 7: 1, 8: 15}),
    "pemerintahan": ({1: 0.5, 4: 79, 5: 20, 7: 0.5}, {1: 1, 4: 34, 5: 64.8, 7: 0.2}),
    "lainnya": (
        {1: 25, 2: 6, 3: 0.7, 4: 30, 5: 0.1, 7: 32, 8: 6.2},
        {1: 26, 2: 10, 3: 12, 4: 38, 5: 5, 7: 4, 8: 5},
    ),
}
HOURS = (41.0, 13.0)
TAX_NUMBER: Ends = ({1: 1, 2: 2, 3: 97}, {1: 24, 2: 22, 3: 54})
BUSINESS_OF_OWN_ACCOUNT = 0.93
BUSINESS_OF_OTHERS = 0.02
PERMIT: Ends = (
    {1: 0.1, 2: 0.3, 3: 0.1, 4: 1.5, 5: 0.6, 6: 0.02, 7: 0.05, 8: 0.05, 9: 0.02, 10: 0.8, 11: 96, 12: 0.2},
    {1: 1.5, 2: 5, 3: 1, 4: 12, 5: 3, 6: 0.1, 7: 0.5, 8: 0.3, 9: 1.6, 10: 2, 11: 72, 12: 1},
)
TURNOVER: Ends = (
    {1: 91, 2: 7.5, 3: 1, 4: 0.4, 5: 0.05, 6: 0.01, 7: 0.001},
    {1: 33, 2: 34, 3: 16, 4: 14.5, 5: 2, 6: 0.3, 7: 0.05},
)
ONLINE_BUSINESS: tuple[float, float] = (0.07, 0.60)
ONLINE_USES: dict[int, float] = {2: 0.5, 4: 0.45, 8: 0.4, 16: 0.2, 32: 0.04}
"""Bits of r426 besides communication."""

NUTRITION: Ends = ({1: 3, 2: 8, 3: 84, 8: 5}, {1: 0.7, 2: 1.8, 3: 95, 8: 2.5})
NUTRITION_EMPTY = 0.08
"""The form has no code for a well nourished child: some officers leave 427 empty."""

DIFFICULTY: Curve = [(2, 0.0015), (17, 0.002), (40, 0.003), (60, 0.006), (70, 0.015), (80, 0.05), (98, 0.16)]
"""Chance of a serious difficulty in a domain of average frequency."""
DIFFICULTY_DOMAINS: dict[str, float] = {
    "r428a": 0.9, "r428b": 0.8, "r428c": 1.5, "r428d": 0.7, "r428e": 0.6, "r428f": 0.4, "r428g": 0.6, "r428h": 0.8,
    "r428i": 0.7, "r428j": 0.3,
}  # fmt: skip
DIFFICULTY_RUNS_TOGETHER = 0.35
"""Chance that somebody with a serious difficulty has one in each further domain, times the domain's frequency."""
LIGHT_DIFFICULTY: Curve = [(2, 0.003), (40, 0.02), (60, 0.12), (80, 0.35)]
CAREGIVER: Shares = {1: 60, 2: 3}
CAREGIVER_EMPTY: float = 0.37

ILL: Curve = [(0, 0.012), (18, 0.02), (40, 0.09), (55, 0.22), (70, 0.36), (90, 0.42)]
DISEASES: Shares = {
    2: 33, 3: 15, 4: 9, 5: 6, 6: 13, 7: 2.2, 8: 4, 9: 1.2, 10: 0.9, 11: 0.05, 12: 0.1, 13: 7, 14: 0.2, 15: 0.15,
    16: 0.1, 17: 0.2, 18: 8,
}  # fmt: skip

HEALTH_INSURANCE: Ends = (
    {0: 19, 1: 73, 2: 2, 4: 3, 8: 1, 3: 0.1, 12: 0.1, 99: 1.8},
    {0: 17, 1: 8, 2: 33, 4: 36, 8: 3, 6: 0.4, 12: 1, 99: 1.6},
)
SAME_INSURANCE_AS_FAMILY = 0.85
LOANS: dict[str, Ends] = {
    "r431b": ({1: 1.2, 2: 97.6, 8: 1.2}, {1: 4, 2: 95.2, 8: 0.8}),
    "r431c": ({1: 1.5, 2: 97.3, 8: 1.2}, {1: 7, 2: 92.2, 8: 0.8}),
    "r431d": ({1: 1.4, 2: 97.2, 8: 1.4}, {1: 0.8, 2: 98.2, 8: 1.0}),
}
PIP_AT_SCHOOL: Ends = ({1: 44, 2: 54, 8: 2}, {1: 5, 2: 94, 8: 1})
WORK_INSURANCE_EMPLOYEE: Ends = (
    {0: 78, 1: 2, 3: 6, 7: 9, 15: 3, 99: 2},
    {0: 22, 1: 1, 3: 8, 7: 22, 15: 45, 99: 2},
)
WORK_INSURANCE_OFFICIAL: Shares = {0: 12, 15: 20, 16: 48, 31: 18, 99: 2}
WORK_INSURANCE_OTHER: Ends = ({0: 98.3, 3: 0.4, 4: 0.1, 99: 1.2}, {0: 92, 3: 3, 4: 1, 16: 3, 99: 1})
