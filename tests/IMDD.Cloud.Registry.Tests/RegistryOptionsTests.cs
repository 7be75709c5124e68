using IMDD.Inference.Signing;
using IMDD.Testing;
using Microsoft.Extensions.Options;

namespace IMDD.Cloud.Registry.Tests;

public sealed class RegistryOptionsTests
{
    [Fact]
    public void Validate_EverythingWrong_NamesEachKey()
    {
        var result = new RegistryOptionsValidator().Validate(null, new RegistryOptions
        {
            InstanceName = "Main Office",
            MaxFileBytes = 2000,
            MaxBundleBytes = 1024,
            ConnectionString = "somewhere",
        });

        result.Failures!.Count().ShouldBe(3);
        result.FailureMessage!.ShouldContain("Registry:InstanceName");
        result.FailureMessage!.ShouldContain("Registry:MaxBundleBytes");
        result.FailureMessage!.ShouldContain("Registry:ConnectionString");
        new RegistryOptionsValidator().Validate(null, new RegistryOptions()).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void SigningKey_OwnOne_IsMadeOnceForTheOwnerAlone()
    {
        using TestDirectory directory = new();
        var options = Options.Create(new RegistryOptions { Directory = directory.File("registry") });
        using SigningKey first = new(options, Microsoft.Extensions.Logging.Abstractions.NullLogger<SigningKey>.Instance);
        using SigningKey again = new(options, Microsoft.Extensions.Logging.Abstractions.NullLogger<SigningKey>.Instance);

        again.Key.Id.ShouldBe(first.Key.Id);
        var file = Path.Combine(options.Value.Directory, "release.key");
        new FileInfo(file).UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        TrustedKeys.Load(file + ".pub").Ids.ShouldBe([first.Key.Id]);
    }
}
