#ifndef CBUILDINFORMATION_H
#define CBUILDINFORMATION_H

// The commit that the program was built from, as Scripts/install states it; empty if unknown.
const char *cbi_commit(void);

#endif
