using System.Collections.Frozen;
using IMDD.Inference.Signing;

namespace IMDD.Inference.Bundles;

/// <summary>Whose bundles are taken.</summary>
public sealed record BundleTrust
{
    /// <summary>Every bundle that is whole, whoever made it: for tools that measure, not for a line.</summary>
    public static BundleTrust Anyone { get; } = new() { AllowUnsigned = true };

    /// <summary>Keys of which one must have signed.</summary>
    public TrustedKeys Keys { get; init; } = TrustedKeys.None;

    /// <summary>Digests of manifests that need no signature: compiled in, they are as trusted as the program.</summary>
    public IReadOnlySet<string> KnownDigests { get; init; } = FrozenSet<string>.Empty;

    /// <summary>True: a bundle without a signature is taken. With <see cref="Keys"/>, one with a signature must still have a good one.</summary>
    public bool AllowUnsigned { get; init; }
}
