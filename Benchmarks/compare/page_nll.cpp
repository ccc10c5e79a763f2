// Tokenizes a page with llama.cpp and measures how well it predicts the ids, in independent windows.
//
//   page_nll MODEL.gguf WINDOW < PAGE
//
// Prints JSON: "ids" with the tokens that the file adds at the ends; "scored" and "nll" (the mean negative log-likelihood
// in nats, in double precision) without them, as `layerskip evaluate` scores a text.

#include "llama.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

static void fail(const char *message) {
    std::fprintf(stderr, "page_nll: %s\n", message);
    std::exit(1);
}

static std::vector<llama_token> tokens_of(const llama_vocab *vocab, const std::string &text, bool add_special) {
    std::vector<llama_token> ids(text.size() + 2);
    int count = llama_tokenize(
        vocab, text.data(), (int)text.size(), ids.data(), (int)ids.size(), add_special, /*parse_special*/ false);
    if (count < 0) fail("the page cannot be tokenized");
    ids.resize((size_t)count);
    return ids;
}

/// -log softmax(logits)[target]
static double loss(const float *logits, int count, llama_token target) {
    double largest = logits[0], sum = 0;
    for (int i = 1; i < count; i++) largest = std::fmax(largest, logits[i]);
    for (int i = 0; i < count; i++) sum += std::exp(logits[i] - largest);
    return largest + std::log(sum) - logits[target];
}

int main(int argc, char **argv) {
    if (argc != 3 || std::atoi(argv[2]) < 2) fail("expected a model and a window of two or more tokens");
    size_t window = (size_t)std::atoi(argv[2]);
    std::string page{std::istreambuf_iterator<char>(std::cin), {}};
    llama_log_set([](ggml_log_level level, const char *text, void *) {
        if (level == GGML_LOG_LEVEL_ERROR) std::fputs(text, stderr);
    }, nullptr);

    llama_model *model = llama_model_load_from_file(argv[1], llama_model_default_params());
    if (!model) fail("the model cannot be loaded");
    llama_context_params parameters = llama_context_default_params();
    parameters.n_ctx = parameters.n_batch = (uint32_t)window;
    llama_context *context = llama_init_from_model(model, parameters);
    if (!context) fail("no context for the model");
    const llama_vocab *vocab = llama_model_get_vocab(model);
    int vocabulary = llama_vocab_n_tokens(vocab);

    std::vector<llama_token> ids = tokens_of(vocab, page, false);
    double sum = 0;
    size_t scored = 0;
    llama_batch batch = llama_batch_init((int32_t)window, 0, 1);
    for (size_t start = 0; start + 1 < ids.size(); start += window) {
        size_t count = std::min(window, ids.size() - start);
        llama_memory_clear(llama_get_memory(context), true);
        batch.n_tokens = (int32_t)count;
        for (size_t i = 0; i < count; i++) {
            batch.token[i] = ids[start + i];
            batch.pos[i] = (llama_pos)i;
            batch.n_seq_id[i] = 1;
            batch.seq_id[i][0] = 0;
            batch.logits[i] = 1;
        }
        if (llama_decode(context, batch) != 0) fail("decoding failed");
        for (size_t i = 0; i + 1 < count; i++, scored++) {
            sum += loss(llama_get_logits_ith(context, (int32_t)i), vocabulary, ids[start + i + 1]);
        }
    }

    std::printf("{\"scored\": %zu, \"nll\": %.9f, \"ids\": [", scored, sum / (double)scored);
    const char *separator = "";
    for (llama_token id : tokens_of(vocab, page, true)) {
        std::printf("%s%d", separator, id);
        separator = ", ";
    }
    std::printf("]}\n");
    llama_batch_free(batch);
    llama_free(context);
    llama_model_free(model);
}
