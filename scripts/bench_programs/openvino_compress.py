"""OpenVINO's way to what lpt-opt --mode weights does: read, compress, save. usage: openvino_compress.py IN.xml OUT.xml"""
import sys

import openvino as ov
from openvino._offline_transformations import compress_quantize_weights_transformation

model = ov.Core().read_model(sys.argv[1])
compress_quantize_weights_transformation(model)
ov.save_model(model, sys.argv[2], compress_to_fp16=False)
