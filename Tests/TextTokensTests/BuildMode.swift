/// Whether the tests were compiled with optimization. Only then is speed measured, and long inputs are longer.
let isOptimized: Bool = {
    var isOptimized = true
    assert({ isOptimized = false }() == ())
    return isOptimized
}()
