"""Signs of model work: training that breaks, models that miss their threshold."""

from __future__ import annotations

from gatepost.analysis.sign import Sign, rx
from gatepost.model import FailureType

_METRIC = (
    r"\b(?P<metric>(?:val(?:idation)?[_ ]|test[_ ]|mean[_ ]|balanced[_ ])?(?:accuracy|precision|recall|f1(?:[_ -]?(?:score|macro|micro))?"
    r"|(?:roc[_ ])?auc|r2|r\^2|rmse|mse|mae|mape|loss|log[_ ]?loss|perplexity|bleu|rouge(?:[_-]?\w)?|mcc|ndcg|iou|dice|wer|cer|brier))"
)
_NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)? ?%?"

SIGNS = (
    Sign(
        name="metric-threshold",
        failure=FailureType.MODEL_VALIDATION,
        rank=85,
        patterns=rx(
            rf"{_METRIC}\b[^\d<>-]{{0,30}}(?P<value>{_NUMBER})[^\d]{{0,40}}?(?:below|under|less than|lower than|did not (?:reach|meet)|<=?"
            rf"|above|over|greater than|higher than|exceeds|>=?)[^\d-]{{0,40}}(?P<limit>{_NUMBER})",
            rf"{_METRIC}\b[^\d]{{0,40}}(?:below|under|above|over|misses|missed|does not meet)[^\d]{{0,40}}(?P<limit>{_NUMBER})"
            rf"[^\d]{{0,20}}(?:got|was|is|actual|:|\()[^\d]{{0,10}}(?P<value>{_NUMBER})",
            rf"{_METRIC}\b[^\d<>-]{{0,30}}(?P<value>{_NUMBER})[^\d]{{0,20}}(?:threshold|required|minimum|maximum|limit|expected)[^\d-]{{0,30}}(?P<limit>{_NUMBER})",
            ignore_case=True,
        ),
        title="{metric} {value} misses its threshold {limit}",
        many="{count} metrics miss their thresholds, first {metric} {value} against {limit}",
        detail="{metric} {value} against {limit}",
        fix="Compare data and parameters with the last run that passed before touching the threshold.",
        identity=("metric",),
    ),
    Sign(
        name="validation-failed",
        failure=FailureType.MODEL_VALIDATION,
        rank=78,
        patterns=rx(
            r"(?P<text>(?:model|validation gate|challenger|candidate)\b.*(?:validation failed|did not pass validation|does not beat|worse than"
            r"|underperforms|rejected|not promoted).*)",
            r"(?P<text>(?:quality|model|performance|fairness|bias|drift) (?:gate|check|threshold)s? (?:failed|not met|violated|breached).*)",
            ignore_case=True,
        ),
        title="The model did not pass validation: {text}",
        fix="Compare data and parameters with the last run that passed before touching the threshold.",
        identity=("text",),
    ),
    Sign(
        name="accelerator-memory",
        failure=FailureType.TRAINING,
        rank=91,
        patterns=rx(
            r"(?:CUDA|HIP|MPS|XPU)(?: error:)? (?:backend )?out of memory|OutOfMemoryError: CUDA|CUDA_ERROR_OUT_OF_MEMORY",
            r"OOM when allocating tensor|RESOURCE_EXHAUSTED: Out of memory|CUBLAS_STATUS_ALLOC_FAILED",
            ignore_case=True,
        ),
        title="The accelerator ran out of memory during training",
        fix="Lower the batch size or sequence length, accumulate gradients, or use mixed precision.",
    ),
    Sign(
        name="accelerator-missing",
        failure=FailureType.TRAINING,
        rank=70,
        patterns=rx(
            r"No CUDA GPUs are available|Torch not compiled with CUDA enabled|Found no NVIDIA driver|CUDA driver version is insufficient"
            r"|CUDA error: (?P<text>.+)|NCCL (?:error|WARN .*failed)",
        ),
        title="Training could not use the accelerator: {text}",
        fix="Run on a machine with the accelerator, or let the code fall back to the CPU.",
        identity=("text",),
    ),
    Sign(
        name="training-diverged",
        failure=FailureType.TRAINING,
        rank=76,
        patterns=rx(
            r"\b(?:loss|gradient|grad[_ ]norm)s?\b.{0,40}\b(?:is|=|:|became|became a|was|got)?\s*(?:nan|inf)\b",
            r"(?:NaN|nan|Inf|infinity) (?:loss|gradients?|values? (?:in|detected))|Input (?:X |y )?contains (?:NaN|infinity)",
            r"Loss (?:is|became) (?:NaN|nan|not finite)|non-finite loss|training diverged",
        ),
        title="Training met values that are not numbers (NaN or infinite)",
        why="The data holds such values, or training diverged.",
        fix="Check the newest data for missing values first; then lower the learning rate or clip gradients.",
    ),
    Sign(
        name="training-data",
        failure=FailureType.TRAINING,
        rank=77,
        patterns=rx(
            r"ValueError: (?P<text>Found input variables with inconsistent numbers of samples.*|The feature names should match.*"
            r"|X has \d+ features, but .*|This solver needs samples of at least 2 classes.*|y contains previously unseen labels.*"
            r"|could not convert string to float.*|Input y contains.*|Found array with \d+ (?:sample|feature).*|Number of (?:classes|features).*"
            r"|Unknown label type.*|The least populated class.*|With n_samples=\d+.*)",
            r"(?P<text>mat1 and mat2 shapes cannot be multiplied.*|size mismatch for .*|Expected input batch_size .*|shapes .* not aligned.*)",
            r"(?P<text>NotFittedError: .*)",
        ),
        title="The training data does not fit the model: {text}",
        fix="Check the shape, columns and labels of the data at the step that loads it.",
        identity=("text",),
    ),
    Sign(
        name="tracking-server",
        failure=FailureType.TRAINING,
        rank=69,
        patterns=rx(
            r"(?:mlflow\.exceptions\.)?(?:MlflowException|RestException): (?P<text>.+)",
            r"wandb: ERROR (?P<text>.+)",
        ),
        title="Experiment tracking failed: {text}",
        fix="Check the tracking server's address and credentials in the job, and that the server is up.",
        identity=("text",),
    ),
    Sign(
        name="pipeline-step",
        failure=FailureType.TRAINING,
        rank=60,
        patterns=rx(
            r"ERROR: failed to (?:reproduce|pull|push|fetch)(?: '(?P<stage>[\w.-]+)')?: (?P<text>.+)"
        ),
        title="The data pipeline stage {stage} failed: {text}",
        fix="Run that stage alone; for a failed pull, check the remote's credentials and that the data was pushed.",
        identity=("stage", "text"),
    ),
)
