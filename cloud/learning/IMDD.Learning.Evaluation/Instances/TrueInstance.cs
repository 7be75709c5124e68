namespace IMDD.Learning.Evaluation.Instances;

/// <summary>One true defect.</summary>
/// <param name="Class">As the data set writes it.</param>
/// <param name="Box">Pixels of the picture.</param>
/// <param name="Mask">Its pixels; null where the data set gives a box only.</param>
public sealed record TrueInstance(string Class, Box Box, InstanceMask? Mask);
