using Microsoft.Extensions.Options;

namespace IMDD.Edge.Agent.Delivery;

/// <summary>Rules that an attribute cannot state.</summary>
internal sealed class DeliveryOptionsValidator : IValidateOptions<DeliveryOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
        => !options.IsOn || (Uri.TryCreate(options.RegistryUrl, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{DeliveryOptions.Section}:{nameof(options.RegistryUrl)}: must be an address such as https://registry:5084");
}
