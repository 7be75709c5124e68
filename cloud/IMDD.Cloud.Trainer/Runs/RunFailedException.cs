namespace IMDD.Cloud.Trainer.Runs;

/// <summary>A step of a run did not succeed.</summary>
/// <param name="message">Why, for a person.</param>
/// <param name="mayPass">True when the same step may succeed later.</param>
/// <param name="inner">Its cause.</param>
internal sealed class RunFailedException(string message, bool mayPass = false, Exception? inner = null) : Exception(message, inner)
{
    public bool MayPass { get; } = mayPass;
}
