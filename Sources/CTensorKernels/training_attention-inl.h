// Causal attention over whole sequences and its gradient, in blocks of queries, for every vector table and precision.
//
// No matrix of all positions by all positions is kept. The forward pass stores the logarithm of each query's sum of
// exponentials, from which the backward pass recomputes the weights of a block (Dao, "FlashAttention-2", arXiv
// 2307.08691, algorithms 1 and 2).
//
// Included once per precision, or per kind of product, by a file that defines
//     ATTENTION(NAME)    NAME with the suffix of the precision or kind
// and, with that suffix,
//     QUERY_BLOCK        the number of queries computed together, which share their loads
//     size_t operands_size(size_t length, size_t head_dim)
//                        the number of floats that the operands take
//     attention_operands operands(const ctk_sequence_attention *a, bool backwards, float *scratch)
//                        of one sequence, for the forward or the backward pass
//     meet(a, operands, met, rows, count, seen, products)
//                        products[i][t] = rows[i] . met[t], for `count` rows and the first padded(seen) positions
//     sum_up(a, operands, weights, count, seen, sums)
//                        sums[i] = sum over t of weights[i][t] to_sum[t]
//     hand_out(a, operands, rows, weights, count, seen, gradients)
//                        gradients[t] += sum over i of weights[i][t] rows[i]
// Rows and sums have the layout of queries, gradients that of keys; rows of products and weights are
// scratch_stride(length) apart.
//
// Within a block, positions that a query does not see have weight 0, so a value that is not finite spoils all queries
// of its block.

/// The number of floats of operands and of two blocks of scores.
static size_t ATTENTION(attention_scratch)(size_t length, size_t head_dim) {
    return ATTENTION(operands_size)(length, head_dim) + 2 * ATTENTION(QUERY_BLOCK) * scratch_stride(length);
}

static void ATTENTION(attend_block)(
    const ctk_sequence_attention *a, const attention_operands *o, float *scores, size_t head, size_t first,
    size_t count) {
    size_t width = scratch_stride(a->length), seen = first + count;
    size_t start = first * a->query_stride + head * a->head_dim;
    float *output = a->output + start, scales[ATTENTION(QUERY_BLOCK)];
    ATTENTION(meet)(a, o, o->keys_to_meet, a->queries + start, count, seen, scores);
    for (size_t i = 0; i < count; i++) {
        float *row = scores + i * width;
        size_t visible = first + i + 1, hidden = hidden_before(a, visible);
        for (size_t t = hidden; t < visible; t++) row[t] *= a->scale;
        float maximum = maximum_of(row + hidden, visible - hidden);
        float sum = exponentials(row + hidden, visible - hidden, maximum);
        for (size_t t = 0; t < hidden; t++) row[t] = 0;
        for (size_t t = visible; t < seen; t++) row[t] = 0;
        scales[i] = 1 / sum;
        a->log_sums[head * a->length + first + i] = maximum + logf(sum);
    }
    ATTENTION(sum_up)(a, o, scores, count, seen, output);
    for (size_t i = 0; i < count; i++) {
        for (size_t d = 0; d < a->head_dim; d++) output[i * a->query_stride + d] *= scales[i];
    }
}

static void ATTENTION(attend_sequence)(const ctk_sequence_attention *a) {
    attention_operands o = ATTENTION(operands)(a, false, a->scratch);
    float *scores = a->scratch + ATTENTION(operands_size)(a->length, a->head_dim);
    for (size_t head = 0; head < a->heads; head++) {
        for (size_t first = 0; first < a->length; first += ATTENTION(QUERY_BLOCK)) {
            ATTENTION(attend_block)(a, &o, scores, head, first, smaller(a->length - first, ATTENTION(QUERY_BLOCK)));
        }
    }
}

static void ATTENTION(attend_block_gradient)(
    const ctk_sequence_attention *a, const attention_operands *o, float *weights, size_t head, size_t first,
    size_t count) {
    size_t width = scratch_stride(a->length), seen = first + count;
    size_t start = first * a->query_stride + head * a->head_dim;
    const float *queries = a->queries + start, *gradient = a->output_gradient + start;
    float *score_gradients = weights + ATTENTION(QUERY_BLOCK) * width;
    ATTENTION(meet)(a, o, o->keys_to_meet, queries, count, seen, weights);
    ATTENTION(meet)(a, o, o->values_to_meet, gradient, count, seen, score_gradients);
    for (size_t i = 0; i < count; i++) {
        size_t row = i * a->query_stride;
        float mean = row_product(gradient + row, a->output + start + row, a->head_dim);
        weights_and_shares(
            weights + i * width, score_gradients + i * width, hidden_before(a, first + i + 1), first + i + 1, seen,
            a->scale, a->log_sums[head * a->length + first + i], mean);
    }
    ATTENTION(sum_up)(a, o, score_gradients, count, seen, a->query_gradient + start);
    ATTENTION(hand_out)(a, o, gradient, weights, count, seen, a->value_gradient);
    ATTENTION(hand_out)(a, o, queries, score_gradients, count, seen, a->key_gradient);
}

static void ATTENTION(attend_sequence_gradient)(const ctk_sequence_attention *a) {
    attention_operands o = ATTENTION(operands)(a, true, a->scratch);
    float *weights = a->scratch + ATTENTION(operands_size)(a->length, a->head_dim);
    for (size_t p = 0; p < a->length; p++) {
        memset(a->key_gradient + p * a->key_stride, 0, a->head_dim * sizeof(float));
        memset(a->value_gradient + p * a->key_stride, 0, a->head_dim * sizeof(float));
    }
    for (size_t head = 0; head < a->heads; head++) {
        for (size_t first = 0; first < a->length; first += ATTENTION(QUERY_BLOCK)) {
            ATTENTION(attend_block_gradient)(
                a, &o, weights, head, first, smaller(a->length - first, ATTENTION(QUERY_BLOCK)));
        }
    }
}
