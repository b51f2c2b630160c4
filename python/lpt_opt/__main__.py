"""python -m lpt_opt is lpt-opt."""
import os
import sys

from lpt_opt import program

os.execv(program(), ["lpt-opt", *sys.argv[1:]])
