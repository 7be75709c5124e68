using IMDD.Contracts.Events;
using IMDD.Contracts.Identity;

namespace IMDD.Cloud.Registry.Fleet;

/// <summary>A group of an agent's cameras that runs a model and goes by a recipe of its own.</summary>
/// <param name="Address">Which.</param>
/// <param name="State">The agent's state, with the group's model, recipe and slots.</param>
/// <param name="Json">The same as it is kept.</param>
internal sealed record AgentUnit(AgentAddress Address, AgentState State, string Json);
