using IMDD.Hosting;

namespace IMDD.Cloud.Dashboard.Tests;

public sealed class DashboardOptionsTests
{
    [Fact]
    public async Task Run_SeveralWrong_AllNamedAndExitCode2()
    {
        var builder = ImddHost.CreateBuilder(
        [
            "--urls=http://127.0.0.1:0", "--Dashboard:AggregatorUrl=ftp://aggregator", "--Dashboard:CuratorUrl=/curator", "--Dashboard:FailedFrames=0", "--Dashboard:TimeZone=Mars/Olympus",
            "--Logging:LogLevel:Default=None",
        ]);
        builder.AddImddDefaults("dashboard");
        builder.AddDashboard();
        var app = builder.Build();
        app.MapDashboard();
        using StringWriter errors = new();

        var exitCode = await ImddHost.RunAsync(app, errors);

        exitCode.ShouldBe(ExitCodes.ConfigurationInvalid);
        var text = errors.ToString();
        text.ShouldContain("Dashboard:AggregatorUrl");
        text.ShouldContain("Dashboard:CuratorUrl");
        text.ShouldContain("Dashboard:FailedFrames");
        text.ShouldContain("Dashboard:TimeZone");
    }
}
