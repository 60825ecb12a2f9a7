#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""Draws a street with two people, a car and a dog, and the mask of each of them.

Usage: scene.py WIDTH HEIGHT FIRST COUNT VIDEO.rgb MASKS.npz

VIDEO.rgb gets COUNT frames of packed RGB from frame FIRST on. MASKS.npz gets the masks of all 120
frames, at 30 frames a second, as one would save them after SAM 2. A mask has the visible pixels of
its object only. The same arguments always give the same pictures.
"""
import sys

import numpy as np

FRAMES = 120
OBJECTS = ["walker", "jogger", "car", "dog"]
SCORES = [0.97, 0.91, 0.99, 0.88]
WALKER, JOGGER, CAR, DOG = 1, 2, 3, 4


class Canvas:
    """A picture of 640 x 360 units, and for each pixel the object that it shows (0: none)."""

    def __init__(self, picture, owner):
        self.picture, self.owner = picture, owner
        self.height, self.width = owner.shape
        self.scale = self.width / 640

    def paint(self, box, distance, color, owner):
        """Fills where distance(x, y) < 0, in units, with an anti-aliased edge; box is (x0, y0, x1, y1)."""
        x0, y0 = (max(0, int(v * self.scale) - 2) for v in box[:2])
        x1 = min(self.width, int(box[2] * self.scale) + 3)
        y1 = min(self.height, int(box[3] * self.scale) + 3)
        if x0 >= x1 or y0 >= y1:
            return
        x = ((np.arange(x0, x1) + 0.5) / self.scale)[None, :]
        y = ((np.arange(y0, y1) + 0.5) / self.scale)[:, None]
        part = np.clip(0.5 - distance(x, y) * self.scale, 0, 1)[:, :, None]
        area = self.picture[y0:y1, x0:x1]
        area += part * (np.asarray(color, float) - area)
        self.owner[y0:y1, x0:x1][part[:, :, 0] > 0.5] = owner

    def limb(self, a, b, radius, color, owner=0):
        (ax, ay), (bx, by) = a, b

        def distance(x, y):
            length = (bx - ax) ** 2 + (by - ay) ** 2 + 1e-9
            along = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0, 1)
            return np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)) - radius

        box = (min(ax, bx) - radius, min(ay, by) - radius, max(ax, bx) + radius, max(ay, by) + radius)
        self.paint(box, distance, color, owner)

    def disc(self, center, radius, color, owner=0):
        self.limb(center, center, radius, color, owner)

    def rectangle(self, x0, y0, x1, y1, color, owner=0, round_by=0):
        cx, cy, rx, ry = (x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2 - round_by, (y1 - y0) / 2 - round_by

        def distance(x, y):
            dx, dy = np.abs(x - cx) - rx, np.abs(y - cy) - ry
            return np.hypot(np.maximum(dx, 0), np.maximum(dy, 0)) + np.minimum(np.maximum(dx, dy), 0) - round_by

        self.paint((x0, y0, x1, y1), distance, color, owner)

    def polygon(self, points, color, owner=0):
        """A convex polygon, whose corners go clockwise on the screen."""
        points = np.asarray(points, float)

        def distance(x, y):
            result = -1e9
            for (ax, ay), (bx, by) in zip(points, np.roll(points, -1, axis=0)):
                size = np.hypot(bx - ax, by - ay)
                result = np.maximum(result, ((x - ax) * (by - ay) - (y - ay) * (bx - ax)) / size)
            return result

        self.paint((*points.min(axis=0), *points.max(axis=0)), distance, color, owner)


def draw_tree(canvas, x, ground, size):
    canvas.limb((x, ground), (x, ground - size), size * 0.07, (96, 74, 60))
    for dx, dy, radius, shade in ((-0.3, 1.0, 0.34, 0), (0.3, 1.05, 0.33, 6), (0, 1.35, 0.4, 14), (-0.1, 1.5, 0.2, 24)):
        canvas.disc((x + dx * size, ground - dy * size), radius * size, (84 + shade, 128 + shade, 84 + shade))


def draw_street(canvas):
    """What does not move: sky, houses, trees, pavements and the road."""
    rows = np.linspace(0, 1, canvas.height)[:, None, None]
    canvas.picture[:] = np.array([150, 192, 226]) + np.minimum(rows * 2.2, 1) * np.array([84, 46, 14])
    for x, y, size in ((90, 45, 16), (118, 40, 20), (142, 48, 13), (455, 30, 13), (478, 25, 18), (502, 33, 13)):
        canvas.disc((x, y), size, (247, 249, 250))
    houses = ((-5, 78, 88, (205, 178, 152)), (83, 50, 78, (178, 154, 146)), (161, 92, 96, (216, 204, 184)),
              (257, 64, 80, (160, 166, 176)), (337, 40, 92, (208, 170, 140)), (429, 84, 104, (190, 186, 170)),
              (533, 58, 112, (172, 150, 150)))
    for x, top, width, color in houses:
        color = np.array(color)
        canvas.rectangle(x, top, x + width, 200, color)
        canvas.rectangle(x - 2, top - 5, x + width + 2, top + 2, color * 0.78)
        columns = width // 24
        step = width / columns
        for row, y in enumerate(range(top + 14, 158, 30)):
            for column in range(columns):
                left = x + step * column + step / 2 - 6
                lit = (row * 3 + column * 5 + x) % 7 == 0
                canvas.rectangle(left - 1, y - 1, left + 13, y + 18, color * 0.86)
                canvas.rectangle(left, y, left + 12, y + 17, (246, 226, 170) if lit else (122, 146, 166))
                canvas.rectangle(left, y + 8, left + 12, y + 9, color * 0.9)
        canvas.rectangle(x + width / 2 - 8, 172, x + width / 2 + 8, 200, color * 0.6)
    canvas.rectangle(-5, 196, 645, 222, (196, 192, 186))
    for x in (38, 246, 426, 610):
        draw_tree(canvas, x, 208, 46)
    canvas.rectangle(-5, 219, 645, 224, (160, 158, 156))
    canvas.rectangle(-5, 224, 645, 300, (112, 116, 124))
    for x in range(-30, 680, 70):
        canvas.polygon([(x + 6, 256), (x + 40, 256), (x + 36, 261), (x, 261)], (226, 226, 220))
    canvas.rectangle(-5, 298, 645, 305, (166, 164, 162))
    canvas.rectangle(-5, 305, 645, 345, (202, 198, 190))
    for x in range(-60, 700, 64):
        canvas.limb((x + 20, 305), (x, 345), 0.5, (178, 174, 168))
    canvas.rectangle(-5, 345, 645, 365, (136, 172, 104))


def draw_person(canvas, owner, x, ground, size, phase, facing, look, swing):
    """A person of `size` units; `phase` is of the step, in turns."""
    def limb_points(hip, upper, lower, angle, bend):
        knee = (hip[0] + facing * upper * np.sin(angle), hip[1] + upper * np.cos(angle))
        return knee, (knee[0] + facing * lower * np.sin(angle - bend), knee[1] + lower * np.cos(angle - bend))

    turn = 2 * np.pi * phase
    y = ground - size * 0.02 * abs(np.cos(turn))
    hip, neck = (x, y - size * 0.48), (x + facing * size * 0.03, y - size * 0.80)
    back = 0.82

    def leg(shift, shade):
        angle = swing * np.sin(turn + shift)
        bend = 0.12 + swing * 1.3 * max(0.0, np.cos(turn + shift))
        knee, foot = limb_points(hip, size * 0.235, size * 0.215, angle, bend)
        canvas.limb(hip, knee, size * 0.058, np.multiply(look["legs"], shade), owner)
        canvas.limb(knee, foot, size * 0.044, np.multiply(look["legs"], shade), owner)
        canvas.limb(foot, (foot[0] + facing * size * 0.065, foot[1] + size * 0.012), size * 0.03, look["shoes"], owner)

    def arm(shift, shade):
        shoulder = (neck[0], neck[1] + size * 0.045)
        angle = swing * 0.9 * np.sin(turn + shift)
        elbow, hand = limb_points(shoulder, size * 0.16, size * 0.15, angle, -look["elbow"])
        canvas.limb(shoulder, elbow, size * 0.042, np.multiply(look["coat"], shade), owner)
        canvas.limb(elbow, hand, size * 0.034, np.multiply(look["coat"], shade), owner)
        canvas.disc(hand, size * 0.034, look["skin"], owner)

    arm(0, back)
    leg(np.pi, back)
    leg(0, 1)
    canvas.limb((hip[0], hip[1] - size * 0.02), (neck[0], neck[1] + size * 0.06), size * 0.092, look["coat"], owner)
    head = (neck[0] + facing * size * 0.02, y - size * 0.91)
    canvas.limb(neck, head, size * 0.035, look["skin"], owner)
    canvas.disc((head[0] - facing * size * 0.018, head[1] - size * 0.012), size * 0.078, look["hair"], owner)
    canvas.disc((head[0] + facing * size * 0.018, head[1] + size * 0.012), size * 0.062, look["skin"], owner)
    arm(np.pi, 0.93)


def draw_car(canvas, x, ground):
    paint, dark = (204, 52, 56), (22, 20, 26)
    canvas.polygon([(x - 38, ground - 36), (x - 22, ground - 60), (x + 24, ground - 60), (x + 46, ground - 36)], paint, CAR)
    canvas.rectangle(x - 74, ground - 40, x + 74, ground - 9, paint, CAR, 10)
    canvas.rectangle(x - 74, ground - 18, x + 74, ground - 8, (158, 34, 44), CAR, 5)
    glass = (176, 206, 226)
    canvas.polygon([(x - 31, ground - 38), (x - 19, ground - 55), (x - 2, ground - 55), (x - 2, ground - 38)], glass, CAR)
    canvas.polygon([(x + 3, ground - 38), (x + 3, ground - 55), (x + 21, ground - 55), (x + 37, ground - 38)], glass, CAR)
    canvas.rectangle(x - 12, ground - 32, x - 3, ground - 29, (240, 200, 200), CAR, 1)
    canvas.disc((x + 69, ground - 30), 4.5, (255, 244, 196), CAR)
    canvas.disc((x - 70, ground - 30), 3.5, (255, 176, 150), CAR)
    for wheel in (x - 44, x + 44):
        center = (wheel, ground - 13)
        canvas.disc(center, 15, dark, CAR)
        canvas.disc(center, 8.5, (206, 208, 214), CAR)
        for spoke in range(3):
            angle = (x / 15) + spoke * np.pi / 3
            dx, dy = 7 * np.cos(angle), 7 * np.sin(angle)
            canvas.limb((wheel - dx, center[1] - dy), (wheel + dx, center[1] + dy), 0.9, (120, 122, 130), CAR)


def draw_dog(canvas, x, ground, phase):
    fur, shade, ear = (240, 222, 192), (214, 192, 160), (104, 66, 52)
    turn = 2 * np.pi * phase
    bob = 1.2 * abs(np.sin(turn))
    y = ground - 27 - bob
    for hip, shift, color in ((-17, 0.0, shade), (15, np.pi, shade), (-15, np.pi, fur), (17, 0.0, fur)):
        foot = x + hip + 8 * np.sin(turn + shift)
        canvas.limb((x + hip, y + 3), (foot, ground - 3 - 3 * max(0.0, np.cos(turn + shift))), 3.6, color, DOG)
    wag = 5 * np.sin(2 * turn)
    canvas.limb((x - 20, y - 2), (x - 32, y - 16 + wag), 2.8, fur, DOG)
    canvas.limb((x - 16, y), (x + 16, y - 1), 10, fur, DOG)
    canvas.limb((x + 18, y - 5), (x + 27, y - 15), 6.5, fur, DOG)
    canvas.disc((x + 29, y - 18), 8.5, fur, DOG)
    canvas.limb((x + 34, y - 16), (x + 40, y - 14), 4.2, fur, DOG)
    canvas.limb((x + 25, y - 23), (x + 22, y - 13), 3.6, ear, DOG)
    canvas.disc((x + 43, y - 15.5), 1.8, (40, 20, 24), DOG)
    canvas.disc((x + 32.5, y - 20.5), 1.3, (40, 20, 24), DOG)


WALKER_LOOK = dict(coat=(240, 202, 72), legs=(62, 52, 58), shoes=(236, 232, 226), skin=(238, 190, 160),
                   hair=(78, 46, 36), elbow=0.35)
JOGGER_LOOK = dict(coat=(64, 164, 176), legs=(58, 62, 112), shoes=(236, 240, 246), skin=(156, 106, 84),
                   hair=(34, 28, 36), elbow=1.5)


def draw_frame(street, width, height, index):
    """The picture of a frame as (y, x, color), and its masks as (object, y, x)."""
    canvas = Canvas(street.copy(), np.zeros((height, width), np.uint8))
    time = index / 30
    draw_person(canvas, JOGGER, 560 - 88 * time, 217, 92, 1.35 * time + 0.2, -1, JOGGER_LOOK, 0.62)
    draw_car(canvas, 92 + 112 * time, 290)
    draw_person(canvas, WALKER, 168 + 46 * time, 342, 158, 0.85 * time, 1, WALKER_LOOK, 0.44)
    draw_dog(canvas, 262 + 54 * time, 350, 1.7 * time)
    masks = canvas.owner == np.arange(1, len(OBJECTS) + 1, dtype=np.uint8)[:, None, None]
    return np.rint(canvas.picture).astype(np.uint8), masks


def main():
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    width, height, first, count = map(int, sys.argv[1:5])
    street = np.zeros((height, width, 3))
    draw_street(Canvas(street, np.zeros((height, width), np.uint8)))
    masks = []
    with open(sys.argv[5], "wb") as video:
        for index in range(FRAMES):
            picture, of_frame = draw_frame(street, width, height, index)
            masks.append(of_frame)
            if first <= index < first + count:
                picture.tofile(video)
    np.savez_compressed(
        sys.argv[6],
        masks=np.stack(masks),  # (frame, object, y, x)
        object_ids=np.arange(1, len(OBJECTS) + 1),
        frame_indices=np.arange(FRAMES),
        fps=np.float64(30),
        scores=np.array(SCORES, np.float32),
        labels=np.array(OBJECTS),
    )


if __name__ == "__main__":
    main()
