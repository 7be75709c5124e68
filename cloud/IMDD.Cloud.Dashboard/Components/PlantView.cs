using System.Reactive.Linq;
using IMDD.Cloud.Dashboard.State;
using Microsoft.AspNetCore.Components;

namespace IMDD.Cloud.Dashboard.Components;

/// <summary>A component that shows the plant and renders again, at most twice a second, when it has changed.</summary>
public abstract class PlantView : ComponentBase, IDisposable
{
    private static readonly TimeSpan RenderInterval = TimeSpan.FromMilliseconds(500);

    private IDisposable? _subscription;
    private bool _disposed;

    /// <summary>What is shown.</summary>
    protected PlantSnapshot Plant { get; private set; } = new();

    [Inject]
    protected PlantClock Clock { get; private set; } = default!;

    [Inject]
    private PlantStore Store { get; set; } = default!;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        _disposed = true;
        _subscription?.Dispose();
    }

    protected override void OnInitialized() => Plant = Store.Current;

    protected override void OnAfterRender(bool firstRender)
    {
        // Not before the first render in the browser: a prerendered page would subscribe and never be disposed.
        if (firstRender && !_disposed)
        {
            _subscription = Store.Changes.Sample(RenderInterval).Subscribe(snapshot => _ = InvokeAsync(() => Show(snapshot)));
        }
    }

    private void Show(PlantSnapshot snapshot)
    {
        if (!_disposed)
        {
            Plant = snapshot;
            StateHasChanged();
        }
    }
}
