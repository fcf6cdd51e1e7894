"""Writes a model card, as Markdown for readers and as JSON for SageMaker's registry.

Takes the manifest, the test's report and the facts of the training job; calls no service.
Schema: https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-json-schema.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from helpers.datasets import load_dataset
from helpers.escape import markdown, markdown_table
from helpers.evaluation.baselines import FEW, baseline_table, thin_classes, worded
from helpers.manifest import Manifest
from helpers.metrics import BINS, overconfidence

CREATOR = "The Birds & Bins course"


@dataclass(frozen=True)
class Facts:
    """The facts of a model's training job for its card."""

    job: str
    arn: str
    image: str
    model_data: str
    machines: str
    """Time and instances, such as `58 s on 2 × ml.g4dn.xlarge`."""
    origin: str
    """The origin of the data, in words."""
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Card:
    """The card of one model."""

    manifest: Manifest
    report: dict
    facts: Facts

    def __repr__(self) -> str:
        """Name the training job and the task."""
        return f"<Card of {self.facts.job}: {self.title}>"

    @property
    def title(self) -> str:
        """Return the model's task in words."""
        return load_dataset(self.report["dataset"]).task.purpose

    def _repr_markdown_(self) -> str:
        """Show the card in a notebook."""
        return self.markdown()

    def markdown(self) -> str:
        """Return the card as Markdown."""
        task = load_dataset(self.report["dataset"]).task
        limits = "\n".join(f"- {markdown(limit)}" for limit in (*task.limits, *self.findings()))
        paragraphs = {
            "Data": self.data(), "Split": self.split(), "Training": self.training(),
            "Test": self.test(),
        }  # fmt: skip
        texts = [
            f"### Model card: {markdown(self.title)}", markdown(task.uses),
            f"Risk: {markdown(task.risk)}",
            *(f"**{head}.** {markdown(text)}" for head, text in paragraphs.items()),
            self.table(), "**Limits.**", limits,
        ]  # fmt: skip
        return "\n\n".join(texts) + "\n"

    # Paragraphs of both formats.

    def data(self) -> str:
        """Describe the origin, the number and the classes of the samples."""
        samples = sum(split.samples for split in self.manifest.splits.values())
        return (
            f"{self.facts.origin}: {samples:,} samples. {self.manifest.account}. "
            f"Classes: {', '.join(self.manifest.labels)}."
        )

    def split(self) -> str:
        """Describe the splits and their sizes."""
        sizes = ", ".join(
            f"{name} {split.samples:,} samples of {len(split.groups):,} groups"
            for name, split in self.manifest.splits.items()
        )
        return (
            f"By whole groups, so that none is on two sides (seed {self.manifest.seed}): {sizes}."
        )

    def training(self) -> str:
        """Describe the training job and its settings."""
        settings = ", ".join(f"{name} {value}" for name, value in self.facts.settings.items())
        job = f"Job {self.facts.job}, {self.facts.machines}"
        return f"{job}; {settings}." if settings else f"{job}."

    def test(self) -> str:
        """Describe the test and the confidence intervals of its scores."""
        unit = load_dataset(self.report["dataset"]).task.unit
        return (
            f"{self.report['samples']:,} samples of {self.report['sources']:,} {unit}, each scored "
            f"once. Intervals are 95 %, from {self.report['rounds']:,} draws of whole {unit}."
        )

    def findings(self) -> list[str]:
        """Return the limits that this test has shown."""
        error = self.report["calibration"]["error"]
        way = (
            "too sure" if overconfidence(self.report["calibration"]["bands"]) > 0 else "too modest"
        )
        caveats = [
            f"It is {way}: its confidence is off by {100 * error:.1f} points on average (expected "
            f"calibration error, {BINS} bins, n = {self.report['samples']:,})."
        ]
        if thin := thin_classes(self.report):
            few = ", ".join(f"{label} ({size})" for label, size in thin.items())
            caveats.append(f"Fewer than {FEW} test samples, so their scores say little: {few}.")
        if not self.report.get("trained_on_this_split", True):
            caveats.append("It was trained on another split: some test samples may be known to it.")
        return caveats

    def table(self) -> str:
        """Return the scores beside baselines and published scores, as a Markdown table."""
        return markdown_table(baseline_table(self.report, self.manifest).reset_index())

    # SageMaker's format.

    def content(self, *, of_package: bool = False) -> str:
        """Return the card in SageMaker's JSON, on one line.

        Args:
            of_package: leave out the fields that a model package has itself.
        """
        task = load_dataset(self.report["dataset"]).task
        overview = {"model_creator": CREATOR, "model_artifact": [self.facts.model_data]}
        if not of_package:
            overview |= {"model_description": self.title, "problem_type": "Multiclass"}
            overview |= {"algorithm_type": "Convolutional network"}
        job = {
            "training_arn": self.facts.arn,
            "training_environment": {"container_image": [self.facts.image]},
            "user_provided_hyper_parameters": [
                {"name": name, "value": str(value)} for name, value in self.facts.settings.items()
            ],
        }
        card = {
            "model_overview": overview,
            "intended_uses": {
                "purpose_of_model": self.title,
                "intended_uses": task.uses,
                "factors_affecting_model_efficiency": " ".join(task.limits),
                "risk_rating": "Low",
                "explanations_for_risk_rating": task.risk,
            },
            "training_details": {
                "training_observations": f"{self.data()} {self.split()}"[:1024],
                "training_job_details": job,
            },
            "evaluation_details": [self._evaluation()],
            "additional_information": {
                "caveats_and_recommendations": " ".join([*self.findings(), task.caveat])
            },
        }
        return json.dumps(card, ensure_ascii=False)

    def _evaluation(self) -> dict:
        task = load_dataset(self.report["dataset"]).task
        scores = [
            {"name": words, "type": "number", "value": each["value"], "notes": worded(each)}
            for name, words in task.score_names.items()
            if (each := self.report["metrics"][name])["value"] is not None
        ]
        first = next(iter(task.class_score_names))
        known = {k: each[first]["value"] for k, each in self.report["classes"].items()}
        known = {label: value for label, value in known.items() if value is not None}
        bars = {
            "name": task.class_score_names[first],
            "type": "bar_chart",
            "value": list(known.values()),
        }
        bars |= {"x_axis_name": list(known), "y_axis_name": task.class_score_names[first]}
        groups = [{"name": "All samples", "metric_data": scores}]
        groups += [{"name": "By class", "metric_data": [bars]}]
        return {
            "name": f"The {self.report['split']} split",
            "evaluation_observation": self.test(),
            "metric_groups": groups,
        }
