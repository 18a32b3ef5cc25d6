# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
"""The task `forecasting`: the next steps of series, by a model that reads patches of their past.

hf-seq train --task forecasting --data builtin:seasons --horizon 24
"""

from hf_seq.tasks.architectures import Architecture, ModelChoice
from hf_seq.tasks.base import Parts, Task
from hf_seq.tasks.forecasting.recipe import ForecastingRecipe

TRAINING = {
    "learning_rate": 1e-3,
    "num_train_epochs": 8,
    "per_device_train_batch_size": 64,
    "min_updates": 600,
    "early_stopping_patience": 4,
    "metric_for_best_model": "eval_loss",
}
ARCHITECTURES = {
    "gru": Architecture("recurrent_forecasting", {"cell_type": "gru"}, TRAINING),
    "lstm": Architecture("recurrent_forecasting", {"cell_type": "lstm"}, TRAINING),
    "rnn": Architecture("recurrent_forecasting", {"cell_type": "rnn"}, TRAINING),
    "transformer": Architecture("transformer_forecasting", {}, {**TRAINING, "warmup_steps": 0.05}),
}
BASELINES = ("naive", "seasonal-naive", "drift", "mean", "linear", "ets", "theta", "arima")
MODELS = ModelChoice(
    "ForForecasting",
    ARCHITECTURES,
    default_models=("seasonal-naive", "drift", "linear", "ets", "theta", "arima", "gru", "lstm", "transformer"),
    baselines=BASELINES,
    fine_tuning=TRAINING,
)


def make_parts() -> Parts[ForecastingRecipe]:
    """Make the parts of the task."""
    from hf_seq.predictors.forecasting import ForecastPredictor
    from hf_seq.tasks.forecasting.baselines import fit_baseline
    from hf_seq.tasks.forecasting.data import SeriesByTime
    from hf_seq.tasks.forecasting.encoding import ForecastEncoding
    from hf_seq.tasks.forecasting.scoring import ForecastScoring
    from hf_seq.tasks.forecasting.training import ForecastTraining

    return Parts(
        SeriesByTime(),
        ForecastEncoding(),
        ForecastTraining(MODELS),
        ForecastScoring(),
        ForecastPredictor.from_pretrained,
        fit_baseline,
    )


FORECASTING = Task(
    name="forecasting",
    hub_name="time-series-forecasting",
    recipe=ForecastingRecipe,
    models=MODELS,
    make_parts=make_parts,
    reads_numbers=True,
    next_command="hf-seq forecast {folder} --data history.csv",
)
