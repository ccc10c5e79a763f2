// Times dense products for Benchmarks/compare-products, which alternates it with other programs.
// Usage: DenseProductTimes THREADS
//
// Reads one request per line, and answers each with a line: seconds per product, or multiply-adds per second.
//
//     FORM PRECISION ROWS IN OUT    FORM is forward (x W^T), input (dy W) or weight (dy^T x, added); x is ROWS x IN,
//                                   W is OUT x IN
//     peak PRECISION                the peak rate of all threads' multiplication instructions
import CInstructionPeaks
import CTensorKernels
import TensorCore
import CLibc

let threads = CommandLine.arguments.dropFirst().first.flatMap { Int($0) }
let context = try ComputeContext(threads: threads)
var timed: TimedProduct?

while let line = readLine() {
    let words = line.split(separator: " ").map(String.init)
    if words.count == 2, words[0] == "peak", let precision = ProductPrecision(words[1]) {
        print(peak(precision, on: context))
    } else if let request = ProductRequest(words) {
        if timed?.request != request { timed = TimedProduct(request, on: context) }
        print(timed?.seconds() ?? 0)
    } else {
        print("expected FORM PRECISION ROWS IN OUT or peak PRECISION, found \(line)")
    }
    fflush(nil)
}
