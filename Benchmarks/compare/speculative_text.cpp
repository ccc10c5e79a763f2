// llama.cpp's example of speculative decoding, which prints a text, its speed, and the numbers of drafted and accepted
// tokens, with two corrections.

#include "log.h"
#include "speculative.h"

// Drafts no more tokens than remain to be generated. The example's last drafts are not cut if none remain.
static void draft_at_most(common_speculative * speculation) {
    common_speculative_draft(speculation);
    const auto & parameters = common_speculative_get_draft_params(speculation, 0);
    if (parameters.result->size() > (size_t) parameters.n_max) {
        parameters.result->resize(parameters.n_max);
    }
}

#define main example
#define common_speculative_draft draft_at_most
#include "speculative-simple.cpp"
#undef main

// Waits until another thread has printed everything. The example does not, so that on a busy machine lines are missing.
int main(int count, char ** arguments) {
    const int status = example(count, arguments);
    common_log_pause(common_log_main());
    return status;
}
