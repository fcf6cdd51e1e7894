"""Species are scored as BirdCLEF does, each as scikit-learn does."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from helpers.datasets.birds.scores import TASK

LABELS = ["0", "1", "2", "3"]


def test_species_without_a_positive_are_skipped_as_birdclef_does(answers):
    chances, target = answers
    auc = [roc_auc_score(target == c, chances[:, c]) for c in range(3)]
    ap = [average_precision_score(target == c, chances[:, c]) for c in range(3)]
    scores, each = (f(chances, target, LABELS) for f in (TASK.scores, TASK.class_scores))
    assert scores["macro_auc"] == pytest.approx(np.mean(auc))
    assert scores["macro_ap"] == pytest.approx(np.mean(ap))
    assert each["auc"][:3] == pytest.approx(auc) and each["ap"][:3] == pytest.approx(ap)
    assert np.isnan([each[name][3] for name in each]).all()
