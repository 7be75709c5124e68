using System.Text.Json.Serialization;
using IMDD.Contracts.Events;
using IMDD.Contracts.Training;

namespace IMDD.Cloud.Trainer.Children;

/// <summary>What <c>imdd train gate --json</c> says.</summary>
/// <param name="Passed">True when every condition was met.</param>
/// <param name="Gates">The conditions.</param>
/// <param name="NewClasses">Classes that the champion does not know.</param>
internal sealed record GateAnswer(
    [property: JsonPropertyName("passed")] bool Passed,
    [property: JsonPropertyName("gates")] IReadOnlyList<GateResult> Gates,
    [property: JsonPropertyName("new_classes")] IReadOnlyList<TrainingNewClass> NewClasses);
