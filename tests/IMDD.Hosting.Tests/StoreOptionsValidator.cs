using Microsoft.Extensions.Options;

namespace IMDD.Hosting.Tests;

public sealed class StoreOptionsValidator : IValidateOptions<StoreOptions>
{
    public ValidateOptionsResult Validate(string? name, StoreOptions options) => options.Directory == "/" && options.MaxBytes > 1
        ? ValidateOptionsResult.Fail("Edge:Store:Directory must not be the root")
        : ValidateOptionsResult.Success;
}
