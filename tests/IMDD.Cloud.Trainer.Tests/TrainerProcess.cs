using System.Diagnostics;

namespace IMDD.Cloud.Trainer.Tests;

/// <summary>A trainer in a process of its own.</summary>
internal sealed class TrainerProcess(Process process, HttpClient http) : TrainerApi(http)
{
    /// <summary>As a machine that hangs.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary><c>kill -9</c>, of this process alone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        kill.ExitCode.ShouldBe(0);
    }
}
