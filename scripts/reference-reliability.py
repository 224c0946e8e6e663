#!/usr/bin/env python3
"""Works out with scipy what domain/src/reliability must find, and prints it as JSON.

    python3 -m pip install scipy
    scripts/reference-reliability.py > domain/src/reliability/reference.json

Nothing of the platform is used here, and the tests need neither Python nor scipy: they read the
figures that are kept beside the code.
"""

import json

import numpy as np
from scipy import stats
from scipy.optimize import minimize

# Lives that ended, and lives that go on, in days.
CASES = {
    "wear_out": ([310.0, 322.5, 298.0, 345.0, 331.25, 287.0], [120.0, 400.0]),
    "by_chance": ([3.5, 41.0, 12.25, 77.0, 8.0, 150.5, 29.0], [60.0, 5.0, 200.0]),
    "early": ([0.5, 1.0, 0.25, 9.0, 140.0], [365.0, 365.0, 700.0]),
    "two_lives": ([50.0, 80.0], []),
    "many_survivors": ([45.0, 60.0, 90.0, 105.0, 61.5], [15.0] * 20 + [130.0]),
    "hours": ([0.125, 0.25, 0.0416666667, 0.375, 0.2083333333], [0.5]),
}
AGES = [0.0, 10.0, 100.0, 400.0]
HORIZON = 30.0


def fit(ended, going_on):
    """scipy's own fit, then polished: its optimiser stops at about six digits."""
    data = stats.CensoredData(uncensored=ended, right=going_on)
    shape, _, scale = stats.weibull_min.fit(data, floc=0)

    def loss(log):
        k, s = np.exp(log)
        return -(
            stats.weibull_min.logpdf(ended, k, scale=s).sum()
            + stats.weibull_min.logsf(going_on, k, scale=s).sum()
        )

    best = minimize(
        loss,
        np.log([shape, scale]),
        method="Nelder-Mead",
        options={"xatol": 1e-12, "fatol": 1e-14, "maxiter": 20000},
    )
    shape, scale = np.exp(best.x)
    return float(shape), float(scale)


def risk(shape, scale, age):
    law = stats.weibull_min(shape, scale=scale)
    return float(-np.expm1(law.logsf(age + HORIZON) - law.logsf(age)))


def weibull():
    cases = []
    for name, (ended, going_on) in CASES.items():
        shape, scale = fit(ended, going_on)
        risks = [[age, risk(shape, scale, age)] for age in AGES]
        cases.append(
            {
                "name": name,
                "ended": ended,
                "going_on": going_on,
                "shape": shape,
                "scale": scale,
                "risks": risks,
            }
        )
    return cases


def trend():
    points = [[0, 10.0], [1, 12.1], [2, 13.9], [3.5, 17.2], [4, 60.0], [6, 22.3], [7, 24.0]]
    x, y = np.array(points).T
    return {"points": points, "slope": float(stats.theilslopes(y, x).slope)}


def score():
    values = [21.0, 20.5, 21.3, 20.9, 22.0, 20.7, 21.1, 24.9]
    spread = stats.median_abs_deviation(values)
    found = 0.6745 * (values[-1] - np.median(values)) / spread
    return {"values": values, "score": float(found)}


print(json.dumps({"weibull": weibull(), "trend": trend(), "score": score()}, indent=1))
