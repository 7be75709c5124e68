namespace IMDD.Cloud.Trainer.Runs;

/// <summary>Another instance has the run, or may have: nothing more is to be done for it here.</summary>
internal sealed class LeaseLostException(long token) : Exception($"The lease with token {token} is over.")
{
    public long Token { get; } = token;
}
