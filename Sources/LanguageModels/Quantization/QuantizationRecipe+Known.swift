import TensorCore

extension QuantizationRecipe {
    /// All matrices in F32.
    public static let f32 = QuantizationRecipe("f32", .f32)
    /// All matrices in F16.
    public static let f16 = QuantizationRecipe("f16", .f16)
    /// All matrices in BF16.
    public static let bf16 = QuantizationRecipe("bf16", .bf16)
    /// All matrices in Q8_0.
    public static let q8_0 = QuantizationRecipe("q8_0", .q8_0)
    /// Q6_K.
    public static let q6_K = QuantizationRecipe("q6_k", .q6_K)
    /// Q5_K, with Q6_K where errors cost most.
    public static let q5_K_M = QuantizationRecipe(
        "q5_k_m", .q5_K, fileType: 17,
        [RecipeException(.value, .q6_K, in: .sensitiveLayers), RecipeException(.down, .q6_K, in: .sensitiveLayers)])
    /// Q5_K with a head in Q6_K.
    public static let q5_K_S = QuantizationRecipe("q5_k_s", .q5_K, fileType: 16)
    /// Q5_1 with a head in Q6_K.
    public static let q5_1 = QuantizationRecipe("q5_1", .q5_1)
    /// Q5_0 with a head in Q6_K; with an importance matrix, Q5_1 in the first layers' down projections.
    public static let q5_0 = QuantizationRecipe(
        "q5_0", .q5_0, [RecipeException(.down, .q5_1, in: .firstPart(8, withImportance: true))])
    /// Q4_K, with Q6_K where errors cost most.
    public static let q4_K_M = QuantizationRecipe(
        "q4_k_m", .q4_K, fileType: 15,
        [RecipeException(.value, .q6_K, in: .sensitiveLayers), RecipeException(.down, .q6_K, in: .sensitiveLayers)])
    /// Q4_K, with Q5_K in a few matrices of the first layers and a head in Q6_K.
    public static let q4_K_S = QuantizationRecipe(
        "q4_k_s", .q4_K, fileType: 14,
        [RecipeException(.value, .q5_K, in: .firstLayers(4)), RecipeException(.down, .q5_K, in: .firstPart(8))])
    /// IQ4_NL, with Q5_K in some matrices and a head in Q6_K.
    public static let iq4_NL = QuantizationRecipe("iq4_nl", .iq4_NL, Self.fourBitExceptions)
    /// IQ4_XS, with Q5_K in some matrices and a head in Q6_K.
    public static let iq4_XS = QuantizationRecipe("iq4_xs", .iq4_XS, Self.fourBitExceptions)
    /// Q4_1 with a head in Q6_K.
    public static let q4_1 = QuantizationRecipe("q4_1", .q4_1)
    /// Q4_0 with a head in Q6_K; with an importance matrix, Q4_1 in the first layers' down projections.
    public static let q4_0 = QuantizationRecipe(
        "q4_0", .q4_0, [RecipeException(.down, .q4_1, in: .firstPart(8, withImportance: true))])
    /// Q3_K, with Q5_K in three matrices of each layer.
    public static let q3_K_L = QuantizationRecipe(
        "q3_k_l", .q3_K, fileType: 13,
        [
            RecipeException(.value, .q5_K), RecipeException(.attentionOutput, .q5_K), RecipeException(.down, .q5_K),
        ])
    /// Q3_K, with Q4_K and Q5_K in three matrices of each layer.
    public static let q3_K_M = QuantizationRecipe(
        "q3_k_m", .q3_K, fileType: 12,
        [
            RecipeException(.value, .q5_K, in: .firstLayers(2)), RecipeException(.value, .q4_K),
            RecipeException(.attentionOutput, .q4_K),
            RecipeException(.down, .q5_K, in: .firstPart(16)), RecipeException(.down, .q4_K),
        ])
    /// Q3_K with a head in Q6_K.
    public static let q3_K_S = QuantizationRecipe("q3_k_s", .q3_K, fileType: 11)
    /// Q2_K, with Q3_K and Q4_K in three matrices of each layer.
    public static let q2_K = QuantizationRecipe(
        "q2_k", .q2_K,
        [
            RecipeException(.value, .q4_K, in: .sharedValues), RecipeException(.value, .q3_K),
            RecipeException(.attentionOutput, .q3_K), RecipeException(.down, .q3_K),
        ])

    private static let fourBitExceptions = [
        RecipeException(.value, .q5_K, in: .sharedValues),
        RecipeException(.down, .q5_K, in: .firstPart(8, withImportance: false)),
    ]

    /// Every recipe, from the largest to the smallest.
    public static let all = [
        f32, f16, bf16, q8_0, q6_K, q5_K_M, q5_K_S, q5_1, q5_0, q4_K_M, q4_K_S, iq4_NL, iq4_XS, q4_1, q4_0, q3_K_L,
        q3_K_M, q3_K_S, q2_K,
    ]

    /// The names of all recipes.
    public static var names: [String] { all.map(\.name) }

    /// The recipe with a name, in capitals or not; nil if there is none.
    ///
    /// As in llama.cpp, `q4_k` is another name of `q4_k_m`, and so on.
    public init?(named name: String) {
        let name = name.lowercased()
        guard let found = Self.all.first(where: { $0.name == name || $0.name == name + "_m" }) else { return nil }
        self = found
    }
}
