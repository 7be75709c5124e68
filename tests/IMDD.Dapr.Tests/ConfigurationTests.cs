using IMDD.Dapr.Tests.Double;
using IMDD.Hosting;
using IMDD.Testing;
using Microsoft.Extensions.Configuration;

namespace IMDD.Dapr.Tests;

public sealed class ConfigurationTests : IDisposable
{
    private readonly TestDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_BadOptions_AllAreNamedAtOnce()
    {
        var (code, errors) = await RunAsync(
            ("Dapr:Enabled", "true"), ("Dapr:HttpEndpoint", "ftp://x"), ("Dapr:GrpcEndpoint", "localhost"), ("Dapr:StateStore", "a/b"),
            ("Dapr:LockStore", ""), ("Dapr:Timeout", "soon"), ("Dapr:Pubsup", "x"));

        code.ShouldBe(ExitCodes.ConfigurationInvalid);
        foreach (var key in (string[])["Dapr:HttpEndpoint", "Dapr:GrpcEndpoint", "Dapr:StateStore", "Dapr:LockStore", "Dapr:Timeout", "Dapr:Pubsup"])
        {
            errors.ShouldContain(key);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AddDapr_SecretReference_IsReplaced(bool isDapr)
    {
        await using SidecarDouble sidecar = new(TimeProvider.System);
        await sidecar.StartAsync();
        sidecar.Secrets["db"] = "Host=x;Password=y";
        await File.WriteAllTextAsync(_folder.File("db"), "Host=x;Password=y\n", TestContext.Current.CancellationToken);
        var settings = isDapr ? TestService.With(sidecar) : [];
        settings["Secrets:Directory"] = _folder.Path;
        settings["Trainer:ConnectionString"] = "secret:db";

        await using var service = await TestService.StartAsync(settings);

        service.Get<IConfiguration>()["Trainer:ConnectionString"].ShouldBe("Host=x;Password=y");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AddDapr_SecretsThatAreNotThere_EveryKeyIsNamed(bool isDapr)
    {
        await using SidecarDouble sidecar = new(TimeProvider.System);
        await sidecar.StartAsync();
        var settings = isDapr ? TestService.With(sidecar) : [];
        settings["Secrets:Directory"] = _folder.Path;
        settings["A:ConnectionString"] = "secret:one";
        settings["B:Key"] = "secret:../two";

        var error = await Should.ThrowAsync<ConfigurationInvalidException>(() => TestService.StartAsync(settings));

        error.Errors.Select(e => e.Key).ShouldBe(["A:ConnectionString", "B:Key"], ignoreOrder: true);
        error.Message.ShouldContain(isDapr ? "not in the Dapr secret store imdd-secrets" : $"not in the folder {_folder.Path}");
    }

    [Fact]
    public async Task AddDapr_SecretAndNoSidecar_SaysWhichKeyNeedsIt()
    {
        SidecarDouble sidecar = new(TimeProvider.System);
        await sidecar.StartAsync();
        var settings = TestService.With(sidecar);
        await sidecar.DisposeAsync();
        settings["Dapr:StartTimeout"] = "00:00:00";
        settings["A:Key"] = "secret:one";

        var error = await Should.ThrowAsync<ConfigurationInvalidException>(() => TestService.StartAsync(settings));

        error.Errors.ShouldHaveSingleItem().Key.ShouldBe("A:Key");
        error.Message.ShouldContain("The Dapr sidecar cannot read a secret");
    }

    [Fact]
    public async Task RunAsync_SecretThatBreaksARule_IsNotShown()
    {
        await File.WriteAllTextAsync(_folder.File("name"), "not/a/name", TestContext.Current.CancellationToken);

        var (_, errors) = await RunAsync(("Secrets:Directory", _folder.Path), ("Dapr:StateStore", "secret:name"));

        errors.ShouldContain("Dapr:StateStore");
        errors.ShouldContain("found a secret");
        errors.ShouldNotContain("not/a/name");
    }

    [Fact]
    public async Task MapNotices_WithoutDapr_AnswersNothing()
    {
        await using var service = await TestService.StartAsync(new Dictionary<string, string?>());
        using HttpClient http = new() { BaseAddress = new Uri(service.Url) };

        (await http.GetAsync("/dapr/subscribe", TestContext.Current.CancellationToken)).StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    private static async Task<(int Code, string Errors)> RunAsync(params (string Key, string Value)[] settings)
    {
        var builder = ImddHost.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection([new("urls", "http://127.0.0.1:0"), .. settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))]);
        builder.AddImddDefaults("test");
        builder.AddDapr();
        await using var app = builder.Build();
        using StringWriter errors = new();
        return (await ImddHost.RunAsync(app, errors), errors.ToString());
    }
}
