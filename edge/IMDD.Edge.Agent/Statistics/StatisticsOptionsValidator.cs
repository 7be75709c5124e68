using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Statistics;

/// <summary>Rules that an attribute cannot state.</summary>
internal sealed class StatisticsOptionsValidator : IValidateOptions<StatisticsOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, StatisticsOptions options) => options.MinFrames <= options.MaxFrames
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"{StatisticsOptions.Section}:{nameof(options.MinFrames)}: must be at most {nameof(options.MaxFrames)} ({options.MaxFrames}); it is {options.MinFrames}");
}
