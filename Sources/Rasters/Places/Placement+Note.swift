extension RasterPlaces.Placement {
    /// What somebody should know who looks for places.
    var note: String? {
        switch self {
        case .placed: nil
        case .placedByPoints: "placed by its ground control points"
        case .noTransform: "no georeference: tiles have pixel positions only"
        case .onlyPoints: "its ground control points fit no affine transform: tiles have pixel positions only"
        case .flatTransform: "its georeference maps an area to a line: tiles have pixel positions only"
        case .noProjection: "its georeference names no projection: tiles have pixel positions only"
        case .noOperation: "its projection leads to no place on earth: tiles have pixel positions only"
        }
    }
}
