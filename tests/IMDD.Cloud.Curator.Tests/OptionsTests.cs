using IMDD.Hosting;

namespace IMDD.Cloud.Curator.Tests;

public sealed class OptionsTests
{
    [Fact]
    public async Task Run_SeveralWrong_AllNamedAndExitCode2()
    {
        var builder = ImddHost.CreateBuilder(
        [
            "--urls=http://127.0.0.1:0", "--Curator:InstanceName=Not A Name", "--Curator:ConnectionString=nonsense", "--Curator:Vocabulary:0=42",
            "--Curator:LeaseTime=00:00:00", "--Curator:Policy=Nobody", "--Curator:Leases=1", "--Curator:DuplicateSimilarity=0.2", "--Curator:BlindShare=5", "--Logging:LogLevel:Default=None",
        ]);
        builder.AddImddDefaults("curator");
        builder.AddCurator();
        var app = builder.Build();
        app.MapCurator();
        using StringWriter errors = new();

        var exitCode = await ImddHost.RunAsync(app, errors);

        exitCode.ShouldBe(ExitCodes.ConfigurationInvalid);
        var text = errors.ToString();
        foreach (var key in (string[])["InstanceName", "ConnectionString", "Vocabulary:0", "LeaseTime", "Policy", "Leases", "DuplicateSimilarity", "BlindShare"])
        {
            text.ShouldContain($"Curator:{key}");
        }
    }
}
