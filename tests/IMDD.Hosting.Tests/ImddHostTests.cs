using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using IMDD.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IMDD.Hosting.Tests;

public sealed class ImddHostTests
{
    [Fact]
    public async Task RunAsync_StopsAsAsked_ExitsWithZero()
    {
        var (exitCode, errors) = await RunningHost.RunAsync(RunningHost.StopWhenStarted);

        exitCode.ShouldBe(ExitCodes.Stopped);
        errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_EveryValueInvalid_ListsAllErrorsAtOnceWithTheirKeys()
    {
        var (exitCode, errors) = await RunningHost.RunAsync(
            services => services.AddValidatedOptions<StoreOptions>(),
            "--Edge:Store:MaxBytes=12",
            "--Edge:Store:MaxAge=soon",
            "--Edge:Store:WhenFull=Explode",
            "--Edge:Store:Lanes:0=1",
            "--Edge:Store:Lanes:1=two",
            "--Edge:Store:Ratio=much",
            "--Edge:Store:MaxByte=5",
            "--Hosting:ShutdownTimeout=00:00:00");

        exitCode.ShouldBe(ExitCodes.ConfigurationInvalid);
        var lines = errors.TrimEnd().Split('\n');
        lines[0].ShouldBe("probe: the configuration is invalid, 8 errors:");
        lines.Skip(1).Select(line => line.Trim().Split(": ")[0]).ShouldBe(
        [
            "Edge:Store:Directory",
            "Edge:Store:Lanes:1",
            "Edge:Store:MaxAge",
            "Edge:Store:MaxByte",
            "Edge:Store:MaxBytes",
            "Edge:Store:Ratio",
            "Edge:Store:WhenFull",
            "Hosting:ShutdownTimeout",
        ]);
        errors.ShouldContain("Edge:Store:MaxAge: must be a duration such as 00:00:30 or 3.00:00:00 (found 'soon', from the command line)");
        errors.ShouldContain("must be between 1048576 and 1099511627776. (found '12', from the command line)");
        errors.ShouldContain("Edge:Store:WhenFull: must be one of RejectNewFrames, DropOldestPass");
        errors.ShouldContain("Edge:Store:MaxByte: unknown key; known here: Directory, Lanes, MaxAge, MaxBytes, ");
    }

    [Fact]
    public async Task RunAsync_OptionsRegisteredTheFrameworksWay_AreCheckedToo()
    {
        var (exitCode, errors) = await RunningHost.RunAsync(
            services => services.AddOptions<StoreOptions>().BindConfiguration(StoreOptions.Section).ValidateDataAnnotations().ValidateOnStart(),
            "--Edge:Store:Directory=/data",
            "--Edge:Store:MaxBytes=many");

        exitCode.ShouldBe(ExitCodes.ConfigurationInvalid);
        errors.ShouldContain("Edge:Store:MaxBytes: must be a whole number (Int64) (found 'many', from the command line)");
    }

    [Fact]
    public async Task RunAsync_CrossFieldRuleBroken_ReportsItsKeyBesideTheOthers()
    {
        var (exitCode, errors) = await RunningHost.RunAsync(
            services =>
            {
                services.AddValidatedOptions<StoreOptions>();
                services.AddSingleton<IValidateOptions<StoreOptions>, StoreOptionsValidator>();
            },
            "--Edge:Store:Directory=/",
            "--Edge:Store:MaxAge=never");

        exitCode.ShouldBe(ExitCodes.ConfigurationInvalid);
        errors.ShouldContain("Edge:Store:Directory: must not be the root (found '/'");
        errors.ShouldContain("Edge:Store:MaxAge: must be a duration");
    }

    [Fact]
    public async Task RunAsync_SecretOfAWrongKind_IsNotPrinted()
    {
        var (_, errors) = await RunningHost.RunAsync(
            services => services.AddValidatedOptions<StoreOptions>(),
            "--Edge:Store:Directory=/data",
            "--Edge:Store:PasswordFile=hunter2");

        errors.ShouldContain("Edge:Store:PasswordFile: unknown key");
        errors.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task RunAsync_EnvironmentAndCommandLine_CommandLineWins()
    {
        Environment.SetEnvironmentVariable("IMDD_Edge__Store__MaxBytes", "3000000");
        Environment.SetEnvironmentVariable("IMDD_Edge__Store__Directory", "/from-environment");
        try
        {
            await using var app = RunningHost.Build(services => services.AddValidatedOptions<StoreOptions>(), "--Edge:Store:MaxBytes=4000000");
            var options = app.Services.GetRequiredService<IOptions<StoreOptions>>().Value;

            options.MaxBytes.ShouldBe(4_000_000);
            options.Directory.ShouldBe("/from-environment");
        }
        finally
        {
            Environment.SetEnvironmentVariable("IMDD_Edge__Store__MaxBytes", null);
            Environment.SetEnvironmentVariable("IMDD_Edge__Store__Directory", null);
        }
    }

    [Fact]
    public async Task RunAsync_ConfigFile_IsReadBelowTheCommandLine()
    {
        using var directory = new TestDirectory();
        await File.WriteAllTextAsync(
            directory.File("agent.json"),
            """{ "Edge": { "Store": { "Directory": "/from-file", "MaxBytes": 5000000 } } }""",
            TestContext.Current.CancellationToken);
        await using var app = RunningHost.Build(
            services => services.AddValidatedOptions<StoreOptions>(), "--config", directory.File("agent.json"), "--Edge:Store:MaxBytes=6000000");
        var options = app.Services.GetRequiredService<IOptions<StoreOptions>>().Value;

        options.Directory.ShouldBe("/from-file");
        options.MaxBytes.ShouldBe(6_000_000);
    }

    [Theory]
    [InlineData("missing.json", null)]
    [InlineData("broken.json", "{ \"Edge\": ")]
    public async Task RunAsync_ConfigFileMissingOrBroken_ExitsWithTwo(string name, string? content)
    {
        using var directory = new TestDirectory();
        if (content is not null)
        {
            await File.WriteAllTextAsync(directory.File(name), content, TestContext.Current.CancellationToken);
        }

        var exitCode = await ImddHost.RunAsync("probe", ["--config", directory.File(name)], _ => { }, _ => { });

        exitCode.ShouldBe(ExitCodes.ConfigurationInvalid);
    }

    [Fact]
    public async Task RunAsync_StoreCannotBeOpened_ExitsWithThreeAndSaysWhich()
    {
        var (exitCode, errors) = await RunningHost.RunAsync(
            services => services.AddHostedService(_ => new Failing(new StoreUnavailableException("the outcome store /data/outcomes.db", "disk is read-only"))));

        exitCode.ShouldBe(ExitCodes.StoreUnavailable);
        errors.ShouldBe("probe: Cannot open the outcome store /data/outcomes.db: disk is read-only\n");
    }

    [Fact]
    public async Task RunAsync_ConfigurationFoundInvalidWhileStarting_ExitsWithTwo()
    {
        var (exitCode, errors) = await RunningHost.RunAsync(
            services => services.AddHostedService(_ => new Failing(new ConfigurationInvalidException("Edge:RecipeFile", "must be a JSON recipe"))));

        exitCode.ShouldBe(ExitCodes.ConfigurationInvalid);
        errors.ShouldContain("Edge:RecipeFile: must be a JSON recipe");
    }

    [Fact]
    public async Task RunAsync_WorkerFailsWhileRunning_StopsAndDoesNotExitWithZero()
    {
        var (exitCode, errors) = await RunningHost.RunAsync(services => services.AddHostedService(_ => new FailingLater(new InvalidOperationException("lost"))));

        exitCode.ShouldBe(ExitCodes.Failed);
        errors.ShouldContain("probe: failed: lost");
    }

    [Fact]
    public async Task RunAsync_PortTaken_ExitsWithOneAndNamesTheAddress()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;

        var (exitCode, errors) = await RunningHost.RunAsync(_ => { }, $"--urls=http://127.0.0.1:{port}");

        exitCode.ShouldBe(ExitCodes.Failed);
        errors.ShouldContain($"127.0.0.1:{port}");
    }

    [SuppressMessage("Performance", "CA1812", Justification = "Made by the factory above.")]
    private sealed class Failing(Exception failure) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.FromException(failure);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class FailingLater(Exception failure) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw failure;
        }
    }
}
