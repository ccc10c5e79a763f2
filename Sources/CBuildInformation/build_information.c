#include "CBuildInformation.h"

const char *cbi_commit(void) { return LAYERSKIP_COMMIT; }
