using Microsoft.Extensions.Options;

namespace IMDD.Dapr;

/// <summary>What attributes cannot say of <see cref="DaprOptions"/>.</summary>
internal sealed class DaprOptionsValidator : IValidateOptions<DaprOptions>
{
    public ValidateOptionsResult Validate(string? name, DaprOptions options)
    {
        List<string> errors = [];
        foreach (var (key, url) in ((string, Uri?)[])[(nameof(DaprOptions.HttpEndpoint), options.HttpEndpoint), (nameof(DaprOptions.GrpcEndpoint), options.GrpcEndpoint)])
        {
            if (url is not null && url is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            {
                errors.Add($"{DaprOptions.Section}:{key} is '{url}': expected http://HOST:PORT.");
            }
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
