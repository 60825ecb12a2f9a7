# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""What the pipelines in Python share: looking at clips, making the element, running to the end, writing files."""
