using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Dashboard;

/// <summary>What attributes cannot say of <see cref="DashboardOptions"/>.</summary>
public sealed class DashboardOptionsValidator : IValidateOptions<DashboardOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DashboardOptions options)
    {
        List<string> errors = [];
        foreach (var (key, url) in ((string, Uri?)[])
            [
                (nameof(DashboardOptions.AggregatorUrl), options.AggregatorUrl), (nameof(DashboardOptions.CuratorUrl), options.CuratorUrl),
                (nameof(DashboardOptions.LearningUrl), options.LearningUrl),
            ])
        {
            if (url is not null && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https")))
            {
                errors.Add($"{DashboardOptions.Section}:{key} is '{url}': expected an absolute http or https address.");
            }
        }

        if (options.TimeZone is { Length: > 0 } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            errors.Add($"{DashboardOptions.Section}:{nameof(DashboardOptions.TimeZone)} is '{zone}': expected an IANA zone name such as Europe/Berlin.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
