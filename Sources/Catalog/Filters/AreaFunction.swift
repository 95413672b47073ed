import GRDB
import SosiaCore

/// A function of SQLite by which a statement asks `SosiaCore` whether a point lies in an area, so that both have one
/// meaning to the last bit.
enum AreaFunction {
    private static let name = "sosia_within"

    /// - Parameter areas: those of one statement; its calls name them by their positions.
    static func over(_ areas: [GeoArea]) -> DatabaseFunction {
        DatabaseFunction(name, argumentCount: 3, pure: true) { values in
            guard values.count == 3, let index = Int.fromDatabaseValue(values[0]), areas.indices.contains(index),
                let latitude = Double.fromDatabaseValue(values[1]), let longitude = Double.fromDatabaseValue(values[2])
            else { return false }
            return areas[index].contains(GeoPoint(longitude: longitude, latitude: latitude))
        }
    }

    static func call(_ area: Int, latitude: SQL, longitude: SQL) -> SQL {
        "\(sql: name)(\(area), \(latitude), \(longitude))"
    }
}
