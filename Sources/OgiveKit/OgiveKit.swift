// SPDX-License-Identifier: Apache-2.0
@_exported import Correction
@_exported import Deformation
@_exported import Grids
@_exported import Matching
@_exported import Parameters
@_exported import Simulation
