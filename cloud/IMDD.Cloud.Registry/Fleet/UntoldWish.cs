using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;

namespace IMDD.Cloud.Registry.Fleet;

/// <summary>What an agent is to be told.</summary>
/// <param name="Agent">Who, with all of its groups.</param>
/// <param name="Wishes">All that is said of it or taken back, by the names of its rows.</param>
/// <param name="Message">The message; null: nothing is desired of it any more.</param>
internal sealed record UntoldWish(AgentAddress Agent, IReadOnlyDictionary<string, WishMark> Wishes, DesiredModels? Message);
