#!/bin/sh
# Every weak symbol of a kernels source has to bear its own name of Eigen, or the linker could give code for one machine
# to another. usage: kernels_isolated.sh NM LIBRARY
set -e
weak=$("$1" --defined-only "$2" |
  awk '/:$/ {unit = $1} unit ~ /^kernels_[a-z]/ && NF == 3 && $2 ~ /[WVu]/ {print unit, $3}' | grep -v ' DW\.ref')
shared=$(echo "$weak" | sed 's/^kernels_\([a-z0-9]*\)[^ ]* /\1 /' | awk 'index($2, "eigen_" $1) == 0')
[ -z "$shared" ] || { echo "$shared" >&2; exit 1; }
