# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The sam2overlay developers
"""One module for each package that segments video; each yields Records."""
