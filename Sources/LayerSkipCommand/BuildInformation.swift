import CBuildInformation
import LayerSkip

/// What `--version` prints.
enum BuildInformation {
    static var text: String {
        let kernels: String
        do { kernels = try KernelTable.selected().name } catch { kernels = "\(error)" }
        let commit = unsafe String(cString: cbi_commit())
        return """
            \(layerSkipVersion)
            commit   \(commit.isEmpty ? "unknown; Scripts/install records it" : commit)
            kernels  \(kernels)
            traits   \(ModelFinder.canDownload ? "Hub" : "none; Hub adds downloads")
            """
    }
}
