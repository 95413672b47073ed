import EngineConformance
import Sosia
import TestSupport
import Testing

struct EngineConformanceTests {
    @Test(arguments: EngineConformance.checks)
    func embeddedEngineKeepsItsPromises(_ check: EngineConformance.Check) async throws {
        let folder = try TemporaryFolder()
        try await check.run { model in
            try EmbeddedEngine(path: folder.path + "/a.sosia", access: .create(model))
        }
    }
}
