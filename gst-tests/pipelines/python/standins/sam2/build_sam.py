# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
from sam2.sam2_video_predictor import SAM2VideoPredictor


def build_sam2_video_predictor(config_file, ckpt_path=None, device="cuda", **_):
    assert config_file.endswith(".yaml"), config_file
    return SAM2VideoPredictor()
