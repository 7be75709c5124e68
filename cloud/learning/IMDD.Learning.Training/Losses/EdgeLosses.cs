using TorchSharp;

namespace IMDD.Learning.Training.Losses;

/// <summary>The losses of one step; scalars that live as long as the step's scope.</summary>
/// <param name="Total">Weighted sum.</param>
/// <param name="Pixels">Cross entropy and overlap.</param>
/// <param name="Image">Of the crops.</param>
/// <param name="Naming">Of the classes and rows; zero where no pixel had a class.</param>
/// <param name="Words">Of the words.</param>
/// <param name="Memory">How far the network has moved from the one it started from; null where nothing holds it.</param>
public sealed record EdgeLosses(torch.Tensor Total, torch.Tensor Pixels, torch.Tensor Image, torch.Tensor Naming, torch.Tensor Words, torch.Tensor? Memory = null);
