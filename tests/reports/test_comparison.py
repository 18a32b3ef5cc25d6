# Copyright 2026 The hf_seq authors.
# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from scipy.stats import t as student

from hf_seq.errors import InputError
from hf_seq.reports.comparison import compare_runs
from hf_seq.reports.record import Record
from hf_seq.reports.rows import over_seeds
from hf_seq.reports.verdict import rows_to_tell
from tests.reports.factories import finished_run, flipped, not_run, one_hot

GOLD = np.arange(300) % 3


def p_of_rows(only_a, only_b, rows=300):
    """McNemar's test as a t test over rows, with one more row that only one of the two gets right."""
    apart = only_a - only_b
    return 2 * student.sf(abs(apart) / np.sqrt(((only_a + only_b - apart**2 / rows) * rows / (rows - 1)) + 1), rows - 1)


def folders(tmp_path, **wrong):
    """One run per model, wrong on the rows given."""
    made = {}
    for name, rows in wrong.items():
        made[name] = [finished_run(tmp_path / name, GOLD, one_hot(flipped(GOLD, rows)), model=name)]
    return made


def test_differences_are_paired_with_the_reference(tmp_path):
    runs = folders(tmp_path, tfidf=range(60), lstm=range(40, 60), distilbert=range(50, 60))
    comparison = compare_runs(runs, small=["lstm"])
    assert comparison.reference.record.model == "distilbert"
    lstm = next(row for row in comparison.rows if row.record.model == "lstm")
    assert lstm.difference.points == pytest.approx(-100 * 10 / 300)
    assert lstm.difference.p_value == pytest.approx(p_of_rows(0, 10), rel=0.02)
    assert comparison.reference.difference is None


def test_the_best_bag_of_words_is_what_a_model_must_beat(tmp_path):
    runs = folders(
        tmp_path, tfidf=range(60), fasttext=range(8), model2vec=range(90), lstm=range(5), distilbert=range(4)
    )
    assert "it does not beat fasttext" in compare_runs(runs, small=["lstm"]).verdict


def test_the_verdict_is_about_the_best_model_trained_from_scratch(tmp_path):
    runs = folders(tmp_path, tfidf=[], rnn=range(30), lstm=range(4), distilbert=range(3))
    comparison = compare_runs(runs, small=["rnn", "lstm"])
    assert comparison.best.record.model == "lstm"
    assert comparison.verdict.startswith("lstm (the best of 2 here) is within noise of distilbert")
    assert "it does not beat tfidf" in comparison.verdict


def test_without_the_pretrained_model_the_bag_of_words_is_the_reference_and_the_gap_is_named(tmp_path):
    runs = folders(tmp_path, tfidf=range(60), lstm=range(3))
    runs["distilbert"] = [not_run(tmp_path / "distilbert")]
    comparison = compare_runs(runs, small=["lstm"])
    assert comparison.reference.record.model == "tfidf"
    assert comparison.verdict.startswith("lstm is better than tfidf")
    assert "This is one training of lstm: another training may order them otherwise." in comparison.verdict
    assert comparison.verdict.endswith("distilbert was not run: the Hub is out of reach.")


def test_several_seeds_give_mean_spread_and_a_cautious_p_value(tmp_path):
    seeds = [
        finished_run(tmp_path / f"s{k}", GOLD, one_hot(flipped(GOLD, range(10 * k, 30))), seed=k) for k in range(3)
    ]
    other = finished_run(tmp_path / "other", GOLD, one_hot(GOLD), model="distilbert")
    comparison = compare_runs({"lstm": seeds, "distilbert": [other]}, small=["lstm"])
    row = comparison.rows[0]
    scores = [100 * (1 - k / 300) for k in (30, 20, 10)]
    assert row.score == pytest.approx(np.mean(scores))
    assert row.spread == pytest.approx((min(scores), max(scores)))
    rows_alone = np.mean([each.interval for each in row.seeds], axis=0)
    assert row.interval[0] < rows_alone[0]
    assert row.interval[1] > rows_alone[1]  # seeds add to what the rows leave open
    assert row.difference.points == pytest.approx(np.mean(scores) - 100)
    assert p_of_rows(0, 20) < row.difference.p_value  # the second run alone; another training may do otherwise
    assert (row.difference.p_value < 0.05) == (row.difference.interval[1] < 0)


def test_runs_on_other_rows_are_not_compared(tmp_path):
    runs = folders(tmp_path, tfidf=[])
    runs["lstm"] = [finished_run(tmp_path / "lstm", GOLD[:-1], one_hot(GOLD[:-1]))]
    with pytest.raises(InputError, match=r"lstm .*299 test rows.* were not scored on the same rows"):
        compare_runs(runs)


def test_an_unknown_reference_is_refused_with_the_names_there_are(tmp_path):
    with pytest.raises(InputError, match=r"reference='bert' .* choose one of tfidf, lstm"):
        compare_runs(folders(tmp_path, tfidf=[], lstm=[]), reference="bert")


def test_one_model_alone_is_compared_with_nothing(tmp_path):
    assert compare_runs(folders(tmp_path, lstm=[])).verdict == "Only lstm was run, so there is nothing to compare."


def test_models_without_the_reference_asked_for_are_not_called_one(tmp_path):
    runs = folders(tmp_path, tfidf=[], lstm=[]) | {"distilbert": [not_run(tmp_path / "none")]}
    said = compare_runs(runs, small=["lstm"], reference="distilbert").verdict
    assert said.startswith("The reference was not run, so nothing is compared with it. distilbert was not run: ")


def test_regression_is_compared_by_correlation(tmp_path):
    rng = np.random.default_rng(0)
    gold = rng.normal(size=400)
    near, far = gold + 0.1 * rng.normal(size=400), gold + 2 * rng.normal(size=400)
    kind = {"problem_type": "regression"}
    runs = {
        "lstm": [finished_run(tmp_path / "a", gold, near[:, None], **kind)],
        "tfidf": [finished_run(tmp_path / "b", gold, far[:, None], model="tfidf", **kind)],
    }
    comparison = compare_runs(runs, small=["lstm"])
    expected = np.corrcoef(near, gold)[0, 1] - np.corrcoef(far, gold)[0, 1]
    assert comparison.rows[0].difference.points == pytest.approx(expected, abs=1e-5)
    assert not comparison.percent
    assert comparison.verdict.startswith("lstm is better than tfidf")


def errors_in(unit, apart, folder):
    """Two models of numbers in some unit, and the errors of their errors; they are compared by the mean error."""
    rng = np.random.default_rng(0)
    gold, noise, other = unit * rng.normal(size=(3, 400))
    said = {"lstm": gold + noise, "tfidf": gold + (1 - apart**2) ** 0.5 * noise + apart * other}
    for model, values in said.items():
        finished_run(folder / model, gold, values[:, None], model=model, problem_type="regression")
        record = Record.read(folder / model)
        record.metric, record.interval = "mean_absolute_error", None
        record.score = float(np.abs(values - gold).mean())
        record.write(folder / model)
    return compare_runs({model: [folder / model] for model in said}, small=["lstm"])


@pytest.mark.parametrize("unit", [1e-4, 1e4])
@pytest.mark.parametrize(("apart", "kind"), [(1.0, "400 rows are too few to tell"), (0.1, "lstm is within noise of")])
def test_errors_are_judged_alike_in_every_unit(tmp_path, unit, apart, kind):
    plain, other = errors_in(1.0, apart, tmp_path / "plain"), errors_in(unit, apart, tmp_path / "other")
    assert plain.verdict.startswith(kind)
    assert other.verdict.startswith(kind)
    rows = [rows_to_tell(each.rows[0].difference, 400, percent=False) for each in (plain, other)]
    assert [each and each[0] for each in rows][1] == (rows[0] and pytest.approx(rows[0][0], rel=0.02))  # it is rounded


def test_many_models_against_one_are_corrected_for_their_number(tmp_path):
    runs = folders(tmp_path, distilbert=[], rnn=range(6), gru=range(7), lstm=range(40))
    comparison = compare_runs(runs, small=["rnn", "gru", "lstm"])
    alone = [row.difference.p_value for row in comparison.rows[1:]]
    assert alone == pytest.approx([p_of_rows(0, each) for each in (6, 7, 40)], rel=0.02)
    corrected = [row.difference.corrected for row in comparison.rows[1:]]
    assert corrected == pytest.approx([2 * alone[1], 2 * alone[1], 3 * alone[2]], rel=1e-6)  # never below one before


def test_agreement_counts_equal_answers_right_or_wrong(tmp_path):
    runs = folders(tmp_path, distilbert=range(10), lstm=range(15), tfidf=range(100, 110))
    rows = {row.record.model: row for row in compare_runs(runs, small=["lstm"]).rows}
    assert rows["lstm"].agreement == pytest.approx(100 * 295 / 300)
    assert rows["tfidf"].agreement == pytest.approx(100 * 280 / 300)
    assert rows["distilbert"].agreement is None


def test_a_baseline_is_no_teacher(tmp_path):
    comparison = compare_runs(folders(tmp_path, tfidf=[], lstm=[]), small=["lstm"])
    assert comparison.reference.record.model == "tfidf"
    assert comparison.teacher is None


def test_the_interval_over_seeds_holds_the_true_mean_as_often_as_it_says():
    """Scores with a spread over rows (1.0, shared by the seeds) and over seeds (0.5): their mean is 80."""
    rng, held = np.random.default_rng(0), 0
    for _ in range(400):
        scores = 80 + rng.normal() + 0.5 * rng.normal(size=5)
        low, high = over_seeds(scores.tolist(), [(each - 1.96, each + 1.96) for each in scores])
        held += low <= 80 <= high
    assert 0.92 < held / 400 < 0.98
