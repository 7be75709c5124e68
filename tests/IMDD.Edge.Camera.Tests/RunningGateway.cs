using IMDD.Edge.Camera.Gateway;
using IMDD.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IMDD.Edge.Camera.Tests;

/// <summary>A gateway in this process, as its own host runs it.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly StringWriter _errors = new();
    private readonly Task<int> _run;

    private RunningGateway(WebApplication app)
    {
        _app = app;
        Status = app.Services.GetRequiredService<CameraGatewayStatus>();
        _run = ImddHost.RunAsync(app, _errors);
    }

    public CameraGatewayStatus Status { get; }

    /// <summary>The exit code, once it ended by itself.</summary>
    public Task<int> Exit => _run;

    /// <summary>What it said about a refused start.</summary>
    public string Errors => _errors.ToString();

    public static RunningGateway Start(params string[] settings) => Start(TimeProvider.System, settings);

    public static RunningGateway Start(TimeProvider time, params string[] settings)
    {
        var builder = ImddHost.CreateBuilder(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None", .. settings]);
        builder.Services.AddSingleton(time);
        builder.AddImddDefaults("camera").AddCameraGateway();
        var app = builder.Build();
        app.MapCameraGateway().MapImddDefaults();
        return new RunningGateway(app);
    }

    public async Task<int> StopAsync()
    {
        if (!_run.IsCompleted)
        {
            _app.Lifetime.StopApplication();
        }

        return await _run;
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
