// What a program that imports Sosia can name. What it is only handed, such as a plan or a status, it reads without a name;
// whoever writes an engine imports SosiaCore, which has the whole vocabulary. Each has its place in Sosia.docc/Sosia.md.

@_exported public import Embeddings
@_exported public import Images
@_exported public import struct FileSystem.MemoryBudget
@_exported public import struct Rasters.RasterPyramid
@_exported public import struct Rasters.TileOptions

// Pictures.
@_exported public import typealias SosiaCore.Attributes
@_exported public import struct SosiaCore.ImageID
@_exported public import struct SosiaCore.ImageRecord
@_exported public import enum SosiaCore.JSONValue
@_exported public import struct SosiaCore.MachineName
@_exported public import struct SosiaCore.PixelImage
@_exported public import struct SosiaCore.PixelRegion
@_exported public import enum SosiaCore.SourceLocation

// Questions and answers.
@_exported public import enum SosiaCore.Filter
@_exported public import struct SosiaCore.GeoArea
@_exported public import struct SosiaCore.SearchCursor
@_exported public import struct SosiaCore.SearchHit
@_exported public import struct SosiaCore.SearchRequest
@_exported public import struct SosiaCore.SearchResponse

// What can be wrong.
@_exported public import enum SosiaCore.EngineError
@_exported public import enum SosiaCore.FilterError
@_exported public import enum SosiaCore.ObjectStoreError
@_exported public import enum SosiaCore.StoreError
@_exported public import enum SosiaCore.VectorError

// Networks.
@_exported public import protocol SosiaCore.Embedder
@_exported public import struct SosiaCore.Embedding
@_exported public import struct SosiaCore.InputGeometry
@_exported public import struct SosiaCore.ModelIdentity

// Engines.
@_exported public import struct SosiaCore.CollectionDescription
@_exported public import typealias SosiaCore.CollectionEngine
@_exported public import protocol SosiaCore.ObjectStore
