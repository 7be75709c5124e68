using IMDD.Edge.Agent.Faults;
using IMDD.Edge.Agent.Inspection;
using IMDD.Edge.Agent.Outcomes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Tests.Support;

/// <summary>What opens bundles, without an agent around it.</summary>
internal static class TestOpener
{
    /// <param name="model">The model's settings.</param>
    /// <param name="store">Folder of the agent's store.</param>
    /// <param name="agent">The agent's settings; null: as usual.</param>
    /// <param name="time">Clock; null: the machine's.</param>
    public static BundleOpener Create(ModelOptions model, string store, AgentOptions? agent = null, TimeProvider? time = null)
    {
        var (options, kept) = (Options.Create(model), Options.Create(new StoreOptions { Directory = store }));
        TrustStore trust = new(options, kept, CrashPoints.None, time ?? TimeProvider.System, NullLogger<TrustStore>.Instance);
        return new BundleOpener(options, Options.Create(agent ?? new AgentOptions()), kept, trust, NullLogger<BundleOpener>.Instance);
    }
}
