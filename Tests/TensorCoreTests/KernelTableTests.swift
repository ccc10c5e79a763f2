import CTensorKernels
import TensorCore
import Testing

@Suite("Kernel tables")
struct KernelTableTests {
    @Test func theNaiveTwinIsAlwaysThere() throws {
        #expect(KernelTable.available[0].name == "scalar")
        #expect(Set(KernelTable.available.map(\.name)).count == KernelTable.available.count)
        for table in KernelTable.available {
            let named = try KernelTable.named(table.name)
            #expect(named.name == table.name)
        }
    }

    /// A wrong name is an error that lists the valid names.
    @Test(arguments: ["altivec", "", "AVX2", "scalar ", "\u{0}"]) func unknownNamesAreErrors(name: String) {
        let names = KernelTable.available.map(\.name)
        let error = #expect(throws: KernelTableError.self) { try KernelTable.named(name) }
        #expect(error?.found == name && error?.expected == names)
        let text = """
            kernel table: expected one of \(names.joined(separator: ", ")) on this CPU, found "\(name)"; set \
            LAYERSKIP_KERNELS to one of these, or unset it for the fastest
            """
        #expect(error?.description == text)
    }

    /// Tables of this processor family have names even if they cannot run; indices beyond them have none.
    @Test func everyTableHasAName() {
        for index in 0..<ctk_table_count() {
            let name = ctk_table_name(index).map { String(cString: $0) }
            #expect(name != nil)
            if let table = ctk_table_at(index) {
                let storedName = String(cString: table.pointee.name)
                #expect(storedName == name)
            }
        }
        #expect(ctk_table_at(ctk_table_count()) == nil && ctk_table_name(ctk_table_count()) == nil)
    }
}
