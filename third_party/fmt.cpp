// fmt as a static library, which Debian does not have: all that its headers hold where no library is linked.
#define FMT_HEADER_ONLY
#include <fmt/format.h>
