using System.Globalization;
using IMDD.Cloud.Dashboard.Feeds;
using IMDD.Contracts.Learning;
using Microsoft.AspNetCore.Components;

namespace IMDD.Cloud.Dashboard.Components.Pages;

/// <summary>From a defect that nobody had seen to one that every line catches, while it happens.</summary>
public sealed partial class LearningPage : IDisposable
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _closed = new();
    private LearningProgress? _progress;
    private string? _problem;

    [Inject]
    private LearningClient Learning { get; set; } = default!;

    /// <inheritdoc/>
    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => ReadAsync(_closed.Token);

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        // Not before the first render in the browser: a prerendered page would go on reading and never be disposed.
        if (firstRender && Learning.IsOn && !_closed.IsCancellationRequested)
        {
            _ = FollowAsync(_closed.Token);
        }
    }

    private async Task FollowAsync(CancellationToken closed)
    {
        using PeriodicTimer timer = new(Refresh);
        try
        {
            while (await timer.WaitForNextTickAsync(closed))
            {
                await ReadAsync(closed);
                await InvokeAsync(StateHasChanged);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private async Task ReadAsync(CancellationToken closed)
    {
        if (!Learning.IsOn)
        {
            return;
        }

        try
        {
            _progress = await Learning.ReadAsync(closed);
            _problem = null;
        }
        catch (HttpRequestException e)
        {
            _problem = $"What watches the loop does not answer: {e.Message}";
        }
        catch (TaskCanceledException) when (!closed.IsCancellationRequested)
        {
            _problem = "What watches the loop does not answer in time.";
        }
    }

    private static string Clock(double seconds)
        => TimeSpan.FromSeconds(Math.Max(0, seconds)).ToString(@"m\:ss", CultureInfo.InvariantCulture);
}
