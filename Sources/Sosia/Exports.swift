// A program that imports Sosia sees the vocabulary and the rooms it is built from without naming them.
@_exported public import Embeddings
@_exported public import Images
@_exported public import SosiaCore
@_exported public import struct FileSystem.MemoryBudget
@_exported public import struct Rasters.EmptinessRule
@_exported public import enum Rasters.RasterError
@_exported public import struct Rasters.RasterPyramid
@_exported public import struct Rasters.TileOptions
