"""Every threshold of the judgement, with its unit and where it comes from.

One decision: they stand in one table, so that a person can see what the kiosk demands. "Tuned" means: on the scenes of
`tests/scenes`, seeds 0 to 9999, where the worst good page and the mildest fault lay as the comment says; the figures of
`bench/scan_gate.py` are of seeds no threshold has seen.
"""

LEAST_PIXELS_PER_MM = 5.3  # 135 dots per inch: below it 12 pt text is misread (OCR figures, 137 dpi without a fault)
LEAST_SIDE = 200.0  # pixels of a page's shorter side, for a camera without calibration: 54 mm at 3.7 pixels a mm

DARK_FRAME = 18.0  # mean brightness of 255; a covered lens gives under 6, the darkest empty tray 24
DARK_SHARE = 0.4  # of the empty tray's brightness; tuned: good light 0.97 and more, dark 0.18 and less
DARK_PAPER = 70.0  # of the page's brightest tenth; tuned: good pages in shadow 118 and more, dark ones 43 and less
BURNT = 252  # of 255 in all three colours
MOST_BURNT = 0.45  # share of the page; a lamp's reflection covers 0.13 at most

EDGE = 4.0  # working pixels from the frame's rim; tuned: pages cut by it 1.9 and less, whole ones 8.9 and more

INK = 22  # brightness darker or lighter than the paper around it, at the flattened copy
LEAST_INK = 0.0012  # share of the page; a signature alone is 0.003, a blank sheet 0.0001

GLARE_STEP = 8  # brightness above the paper
LEAST_GLARE = 0.0015  # share of the page that is burnt out
LEAST_BESIDE = 0.016  # share of a burnt-out spot's rim that is writing; tuned: over it 0.018 and more, beside it 0.014
DARK_CARD = 110.0  # brightness in its darkest colour; tuned: bank cards 51 and less, yellow paper 137

LEAST_FINGER = 0.001  # share of the page
MOST_FINGER = 0.5
UNLIKE_TRAY = 24.0  # brightness in one colour, exposure evened out: sensor noise at that size is below 6

WHITE_TRAY = 180.0  # brightness in its darkest colour; paper on it differs by less than UNLIKE_TRAY

BARE_CORNER = 0.6  # share of a corner's triangle (legs 8 % of the short side) that shows the tray
FLAP_EDGE = 8.0  # brightness by which a folded corner's back is darker than the page
EVEN_FLAP = 16.0  # brightness within it
LEAST_FLAP = 0.5  # share of its two edges that is seen; tuned: folded 0.75 and more, whole ones 0.3 and less
OTHER_AREA = 0.006  # share of the frame; an identity card on a tray of 440 x 330 mm covers 0.032
OTHER_FULL = 0.8  # share of its rectangle that another paper fills; arms, shadows and cables fill less

# Steepest edges a pixel, as a share of their contrast, in the bluntest of four directions. Tuned: in focus 0.27
# and more, out of focus 0.08 and less, moved 0.15 and less along the way.
LEAST_SHARP = 0.19
SHAKEN = 1.6  # times sharper across the way than along it; out of focus is nearly the same all around
SHAKEN_SHARP = 0.15  # and at least this sharp across it: what is blunt in every direction is out of focus
