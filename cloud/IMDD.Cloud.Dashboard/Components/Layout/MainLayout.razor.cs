using IMDD.Cloud.Dashboard.Feeds;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace IMDD.Cloud.Dashboard.Components.Layout;

/// <summary>Bar, colours and landmarks around every page.</summary>
public sealed partial class MainLayout
{
    private DotNetObjectReference<MainLayout>? _self;
    private bool _dark;

    [CascadingParameter(Name = "InitialDark")]
    private bool InitialDark { get; set; }

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    [Inject]
    private LearningClient Learning { get; set; } = default!;

    /// <summary>Called by the page when the system's preference changes.</summary>
    [JSInvokable]
    public Task OnThemeChanged(bool dark) => InvokeAsync(() =>
    {
        _dark = dark;
        StateHasChanged();
    });

    public async ValueTask DisposeAsync()
    {
        if (_self is null)
        {
            return;
        }

        try
        {
            await Js.InvokeVoidAsync("imdd.unwatchTheme");
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and its watcher with it.
        }

        _self.Dispose();
    }

    protected override void OnInitialized() => _dark = InitialDark;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            await OnThemeChanged(await Js.InvokeAsync<bool>("imdd.watchTheme", _self));
        }
    }

    private async Task ToggleThemeAsync()
    {
        _dark = !_dark;
        await Js.InvokeVoidAsync("imdd.setTheme", _dark);
    }
}
