// For tests: loaded before the C library, ends the process instead of its LPT_CRASH_AT-th rename, as a power cut would;
// with LPT_INTERRUPT it raises SIGINT there, as Ctrl-C would.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

int rename(const char* from, const char* to) {
  static int calls = 0;
  const char* at = getenv("LPT_CRASH_AT");
  if (at != NULL && ++calls == atoi(at)) {
    if (getenv("LPT_INTERRUPT") == NULL) _exit(99);
    raise(SIGINT);
  }
  int (*real)(const char*, const char*) = (int (*)(const char*, const char*))dlsym(RTLD_NEXT, "rename");
  return real(from, to);
}
