"""The contract of EC2 Image Builder's StartImagePipelineExecution, as data.

`load_contract(revision)` is the way in. The data files lie in `data/`; nothing else knows their names.
"""

from imagebuilder_spec.contract import (
    Activity,
    Clause,
    Contract,
    DeclaredError,
    ErrorTable,
    Evidence,
    Family,
    FixedWord,
    Level,
    Operation,
    Sentence,
    Suite,
    TagLimits,
)
from imagebuilder_spec.ecma262 import breaks, compile_pattern, validator_for
from imagebuilder_spec.fault_interface import FAULT_HEADER, IMAGE_HEADER, FaultDemand
from imagebuilder_spec.loader import (
    DEFAULT_REVISION,
    data_file,
    data_schema,
    fixed_words,
    load_contract,
    load_sentences,
    revisions,
)

__all__ = [
    "DEFAULT_REVISION",
    "FAULT_HEADER",
    "IMAGE_HEADER",
    "Activity",
    "Clause",
    "Contract",
    "DeclaredError",
    "ErrorTable",
    "Evidence",
    "Family",
    "FaultDemand",
    "FixedWord",
    "Level",
    "Operation",
    "Sentence",
    "Suite",
    "TagLimits",
    "breaks",
    "compile_pattern",
    "data_file",
    "data_schema",
    "fixed_words",
    "load_contract",
    "load_sentences",
    "revisions",
    "validator_for",
]
