/// Whether the tests were compiled with optimization: speed is measured only then, and long inputs are longer.
let isOptimized: Bool = {
    var isOptimized = true
    assert({ isOptimized = false }() == ())
    return isOptimized
}()
