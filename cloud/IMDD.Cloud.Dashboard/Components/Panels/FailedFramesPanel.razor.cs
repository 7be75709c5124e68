using IMDD.Cloud.Dashboard.State;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace IMDD.Cloud.Dashboard.Components.Panels;

/// <summary>
/// The newest failed frames. They change every few seconds at most, and hold still while one of them is open or has been asked to, so
/// that nothing moves away under the hand or the eye.
/// </summary>
public sealed partial class FailedFramesPanel
{
    private const int ShownFrames = 12;
    private static readonly TimeSpan ChangeInterval = TimeSpan.FromSeconds(3);

    private bool _mask = true;
    private bool _held;
    private bool _open;
    private long _changed;
    private List<FailedFrameView> _shown = [];

    /// <summary>Newest first.</summary>
    [Parameter]
    [EditorRequired]
    public IReadOnlyList<FailedFrameView> Frames { get; set; } = [];

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    [Inject]
    private PlantClock Clock { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    protected override void OnParametersSet()
    {
        var still = _held || _open || (_shown.Count > 0 && Time.GetElapsedTime(_changed) < ChangeInterval);
        if (still && _shown.Count > 0 && Frames.Count > 0 && Frames[0].Frame.Line == _shown[0].Frame.Line)
        {
            return;
        }

        var next = Frames.Take(ShownFrames).ToList();
        if (!next.SequenceEqual(_shown))
        {
            _shown = next;
            _changed = Time.GetTimestamp();
        }
    }

    private async Task OpenAsync(FailedFrameView frame)
    {
        _open = true;
        try
        {
            var dialog = await Dialogs.ShowAsync<FrameDialog>(
                $"{Format.DefectNames(frame.Defect.Regions)} on {frame.Defect.CameraId}",
                new DialogParameters<FrameDialog> { { d => d.Frame, frame } });
            await dialog.Result;
        }
        finally
        {
            _open = false;
        }
    }
}
