extension GeoArea {
    /// Whether a point lies in the area or on its boundary.
    public func contains(_ point: GeoPoint) -> Bool {
        guard point.longitude.isFinite, point.latitude.isFinite else { return false }
        let longitude = GeoPoint.wrapped(point.longitude)
        // Areas lie anywhere between -360 and 720 degrees.
        return [0, 360, -360, 720].contains { turn in
            switch shape {
            case .box(let west, let south, let east, let north):
                // Across the antimeridian; from 360 to -360 it is two turns.
                let turns = west > east ? ((west - east) / 360).rounded(.up) : 0
                let end = max(west, east + 360 * turns)
                return (south...north).contains(point.latitude) && (west...end).contains(longitude + turn)
            case .polygons(let polygons):
                let turned = GeoPoint(longitude: longitude + turn, latitude: point.latitude)
                return zip(polygons, bounds).contains { $1.contains(turned) && $0.contains(turned) }
            }
        }
    }
}

extension GeoPolygon {
    /// The even-odd rule: counts the edges that a line from the point to the east crosses. The boundary is inside.
    fileprivate func contains(_ point: GeoPoint) -> Bool {
        var isInside = false
        for ring in rings {
            guard var from = ring.last else { continue }
            for to in ring {
                switch side(of: point, from: from, to: to) {
                case .on: return true
                case .crossing: isInside.toggle()
                case .apart: break
                }
                from = to
            }
        }
        return isInside
    }

    private enum Side {
        case on, crossing, apart
    }

    /// How an edge relates to the line from the point to the east.
    private func side(of point: GeoPoint, from: GeoPoint, to: GeoPoint) -> Side {
        let (low, high) = from.latitude <= to.latitude ? (from, to) : (to, from)
        guard low.latitude <= point.latitude, point.latitude <= high.latitude else { return .apart }
        let (west, east) = (min(from.longitude, to.longitude), max(from.longitude, to.longitude))
        guard point.longitude <= east else { return .apart }
        // Positive if the point is left (west) of the edge from low to high.
        let turn =
            (high.longitude - low.longitude) * (point.latitude - low.latitude)
            - (high.latitude - low.latitude) * (point.longitude - low.longitude)
        if turn == 0, west <= point.longitude { return .on }
        // The upper end belongs to the next edge, so that a corner is crossed once.
        return turn > 0 && point.latitude < high.latitude ? .crossing : .apart
    }
}
