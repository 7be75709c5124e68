using IMDD.Cloud.Dashboard.Components.Review;
using IMDD.Cloud.Dashboard.Feeds;
using IMDD.Cloud.Dashboard.State;
using IMDD.Contracts.Events;
using IMDD.Contracts.Review;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace IMDD.Cloud.Dashboard.Components.Pages;

/// <summary>
/// Puts one frame after the other before a person and takes their word, by keyboard alone if they like. A key that comes while a verdict is
/// on its way is dropped: it was meant for the frame before.
/// </summary>
public sealed partial class ReviewPage
{
    private const string Polygon = "polygon";
    private const string Brush = "brush";
    private const int ShownWaiting = 12;
    private static readonly TimeSpan IdleRefresh = TimeSpan.FromSeconds(3);

    private const string NotYet = "The curator does not answer: the page looks again by itself.";

    private readonly CancellationTokenSource _left = new();
    private DotNetObjectReference<ReviewPage>? _self;
    private ReviewRequest? _who;
    private ReviewFrameView? _frame;
    private ReviewSummary? _summary;
    private IReadOnlyList<ReviewFrameView> _waiting = [];
    private IReadOnlyList<VocabularyTerm> _terms = [];
    private IReadOnlyList<RaterAgreement> _agreement = [];
    private BlindAgreement? _blind;
    private bool _ready;
    private int _shows;
    private bool _busy;
    private bool _help;
    private bool _mask = true;
    private string _tool = "";
    private int _drawn;
    private string _name = "";
    private string? _judgement;
    private string _raterText = "";
    private string _said = "";
    private string? _problem;
    private string? _opened;

    /// <summary>The frame to begin with, by its outcome or its picture; null: the next that waits.</summary>
    [Parameter]
    public string? Name { get; set; }

    [Inject]
    private CuratorClient Curator { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private string Progress => _summary is { } summary ? summary.Waiting == 1 ? "1 frame waits" : $"{Format.Count(summary.Waiting)} frames wait" : "";

    private bool IsNewName => _name.Trim().Length > 0
        && !_terms.Any(term => string.Equals(Format.ClassName(term.Class), Format.ClassName(_name.Trim()), StringComparison.OrdinalIgnoreCase));

    /// <summary>A key of the page; also what its buttons do.</summary>
    [JSInvokable]
    public Task OnKey(string key) => InvokeAsync(async () =>
    {
        await RunAsync(key switch
        {
            "y" or "r" when _frame is { Frame.Blind: true } => NothingShownAsync,
            "y" => () => SubmitAsync(LabelJudgement.Confirmed),
            "f" => () => SubmitAsync(LabelJudgement.FalseAlarm),
            "r" => () => NamedAsync(LabelJudgement.Renamed),
            "m" => MissedAsync,
            "n" => SkipAsync,
            "u" => UndoAsync,
            "p" => () => ToolAsync(Polygon),
            "b" => () => ToolAsync(Brush),
            "t" => ToggleMaskAsync,
            "?" => ToggleHelpAsync,
            _ => () => Task.CompletedTask,
        });
        StateHasChanged();
    });

    /// <summary>Called by the page when something was drawn or a tool was left.</summary>
    [JSInvokable]
    public Task OnDrawn(int shapes, string tool) => InvokeAsync(() =>
    {
        (_drawn, _tool) = (shapes, tool);
        StateHasChanged();
    });

    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        if (_self is not null)
        {
            try
            {
                await Js.InvokeVoidAsync("imddReview.detach");
            }
            catch (JSDisconnectedException)
            {
                // The page is gone, and its keys with it.
            }

            _self.Dispose();
        }

        _left.Dispose();
    }

    protected override async Task OnParametersSetAsync()
    {
        // Another frame was chosen from the list.
        if (Name is null)
        {
            _opened = null;
        }
        else if (_who is not null && Name != _opened)
        {
            await RunAsync(LoadAsync, NotYet);
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            _raterText = await Js.InvokeAsync<string>("imddReview.rater");
            _ready = true;
            if (RaterName.From(_raterText).Length > 0)
            {
                await EnterAsync();
            }

            StateHasChanged();
            _ = RefreshAsync();
        }

    }

    /// <summary>Keys and drawing for what is shown now; called once the browser has it.</summary>
    private async Task AttachAsync()
    {
        var size = _frame?.Frame.Frame;
        await Js.InvokeVoidAsync("imddReview.attach", _self, size?.Width ?? 0, size?.Height ?? 0);
        await Js.InvokeVoidAsync("imddReview.focus", "review-stage");
    }

    private async Task EnterAsync()
    {
        var rater = RaterName.From(_raterText);
        if (rater.Length == 0)
        {
            _problem = "A name has at least one letter or digit.";
            return;
        }

        await Js.InvokeVoidAsync("imddReview.setRater", rater);
        _who = new ReviewRequest { RaterId = rater, Holder = await Js.InvokeAsync<string>("imddReview.holder") };
        await AttachAsync();
        await RunAsync(LoadAsync, NotYet);
    }

    private async Task LeaveAsync()
    {
        await RunAsync(async () =>
        {
            if (_frame is not null)
            {
                await Curator.SkipAsync(_frame.OutcomeId, _who!, _left.Token);
            }
        });
        (_who, _frame, _raterText) = (null, null, "");
        await Js.InvokeVoidAsync("imddReview.setRater", "");
        await Js.InvokeVoidAsync("imddReview.detach");
    }

    private async Task LoadAsync()
    {
        ReviewFrame? frame = null;
        if (Name is { } wanted && wanted != _opened)
        {
            _opened = wanted;
            try
            {
                frame = await Curator.LeaseAsync(wanted, _who!, _left.Token);
            }
            catch (ReviewRefusedException e)
            {
                _problem = e.Message;
            }
        }

        Show(frame ?? await Curator.NextAsync(_who!, _left.Token), "");
        await RefreshListsAsync();
    }

    /// <summary>What was done is done, whether or not there is an answer to what comes next.</summary>
    private async Task NextAsync(string done)
    {
        ReviewFrame? next = null;
        try
        {
            next = await Curator.NextAsync(_who!, _left.Token);
        }
        catch (Exception e) when (IsUnanswered(e))
        {
            _problem = $"{done} After that the curator has not answered: the page looks again by itself.";
        }

        await RefreshListsAsync();
        Show(next, done, _problem is null);
        if (Name is not null)
        {
            Navigation.NavigateTo("review", replace: true);
        }
    }

    private void Show(ReviewFrame? frame, string done, bool isAnswered = true)
    {
        _frame = frame is null ? null : new ReviewFrameView(frame, _who);
        (_name, _judgement, _drawn, _tool) = ("", null, 0, "");
        _shows++;
        _said = string.Join(' ', ((string[])[done, Progress + ".", _frame?.Description ?? (isAnswered ? "Nothing waits." : "")]).Where(part => part.Length > 1));
    }

    private async Task ReadListsAsync()
    {
        _summary = await Curator.SummaryAsync(_left.Token);
        _terms = await Curator.VocabularyAsync(_left.Token);
        _agreement = await Curator.AgreementAsync(_left.Token);
        _blind = await Curator.BlindAgreementAsync(_left.Token);
        var waiting = await Curator.WaitingAsync(ShownWaiting + 1, _left.Token);
        _waiting = [.. waiting.Where(frame => frame.OutcomeId != _frame?.OutcomeId).Take(ShownWaiting).Select(frame => new ReviewFrameView(frame))];
    }

    private async Task SubmitAsync(string judgement)
    {
        if (_frame is not { } frame)
        {
            return;
        }

        var needsName = judgement is LabelJudgement.Renamed or LabelJudgement.MissedDefect;
        var name = _name.Trim();
        var shapes = needsName ? await Js.InvokeAsync<DrawnShape[]>("imddReview.drawn") : [];
        var receipt = await Curator.LabelAsync(
            frame.OutcomeId,
            new LabelRequest
            {
                RaterId = _who!.RaterId,
                Holder = _who.Holder,
                Judgement = judgement,
                Class = judgement == LabelJudgement.Renamed ? name : null,
                Drawn = [.. shapes.Select(shape => new DrawnRegion { Class = name, ContourPx = shape.ContourPx, MaskRle = shape.MaskRle })],
            },
            _left.Token);
        var word = judgement switch
        {
            LabelJudgement.Confirmed => "Confirmed.",
            LabelJudgement.FalseAlarm => frame.Frame.Blind ? "A good part." : "False alarm.",
            LabelJudgement.Renamed => $"Renamed to {name}.",
            _ => frame.Frame.Blind ? $"A {name}." : $"Missed {name}.",
        };
        await NextAsync(receipt.ProposedTerms.Count > 0 ? word + " The name is new and proposed." : word);
    }

    /// <summary>Submits where there is a name, and asks for one where there is none.</summary>
    private async Task NamedAsync(string judgement)
    {
        if (_name.Trim().Length > 0)
        {
            await SubmitAsync(judgement);
        }
        else if (_frame is not null)
        {
            _judgement = judgement;
            _said = "Type or choose a name, then Enter.";
            await Js.InvokeVoidAsync("imddReview.focus", "defect-name");
        }
    }

    private Task NothingShownAsync()
    {
        _said = "Nothing is shown that could be confirmed or renamed: F says that the part is good, M that it has a defect.";
        return Task.CompletedTask;
    }

    private async Task MissedAsync()
    {
        if (_frame is null)
        {
            return;
        }

        // A polygon may still be open: the browser closes it.
        if ((await Js.InvokeAsync<DrawnShape[]>("imddReview.drawn")).Length == 0)
        {
            _said = "Draw what was missed, then M again.";
            await ToolAsync(Polygon);
            return;
        }

        await NamedAsync(LabelJudgement.MissedDefect);
    }

    /// <summary>Enter in the name's field; one that takes a suggestion does not come here.</summary>
    private async Task NameEnteredAsync()
    {
        if (_name.Trim().Length > 0)
        {
            if (_frame is { Frame.Blind: true } && _drawn == 0)
            {
                await RunAsync(MissedAsync);
                return;
            }

            var judgement = _judgement ?? (_drawn > 0 ? LabelJudgement.MissedDefect : LabelJudgement.Renamed);
            await RunAsync(() => SubmitAsync(judgement));
        }
    }

    private async Task SkipAsync()
    {
        if (_frame is { } frame)
        {
            await Curator.SkipAsync(frame.OutcomeId, _who!, _left.Token);
        }

        await NextAsync("Passed over.");
    }

    private async Task UndoAsync()
    {
        if (await Curator.UndoAsync(_who!, _left.Token) is not { } frame)
        {
            _said = "You have said nothing that could be taken back.";
            return;
        }

        Show(frame, "Taken back.");
        await RefreshListsAsync();
    }

    private async Task ToolAsync(string tool)
    {
        if (_frame is { HasSize: true })
        {
            await Js.InvokeVoidAsync("imddReview.tool", tool == _tool ? "" : tool);
        }
    }

    private Task ToggleMaskAsync()
    {
        _mask = !_mask;
        return Task.CompletedTask;
    }

    private Task ToggleHelpAsync()
    {
        _help = !_help;
        return Task.CompletedTask;
    }

    private bool IsUnanswered(Exception e) => e is HttpRequestException || (e is TaskCanceledException && !_left.IsCancellationRequested);

    /// <summary>One thing at a time; what goes wrong stands on the page, and the frame stays.</summary>
    /// <param name="action">What is done.</param>
    /// <param name="unanswered">What is said where the curator does not answer.</param>
    private async Task RunAsync(Func<Task> action, string unanswered = "The curator does not answer: nothing was saved. Try again.")
    {
        if (_busy)
        {
            return;
        }

        _busy = true;
        _problem = null;
        try
        {
            await action();
        }
        catch (ReviewRefusedException e)
        {
            _problem = e.Message;
        }
        catch (Exception e) when (IsUnanswered(e))
        {
            _problem = unanswered;
        }
        catch (Exception e) when (e is OperationCanceledException or JSDisconnectedException)
        {
            // The page was left.
        }
        finally
        {
            _busy = false;
        }
    }

    /// <summary>The lists beside the frame, which nobody's work depends on: where they do not come, the number of frames that wait is not shown.</summary>
    private async Task RefreshListsAsync()
    {
        try
        {
            await ReadListsAsync();
        }
        catch (Exception e) when (e is HttpRequestException or ReviewRefusedException or TaskCanceledException)
        {
            _summary = null;
        }
    }

    /// <summary>Looks again while nothing waits, so that the page fills by itself.</summary>
    private async Task RefreshAsync()
    {
        using PeriodicTimer timer = new(IdleRefresh, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_left.Token))
            {
                await InvokeAsync(async () =>
                {
                    if (_who is not null && !_busy)
                    {
                        // What was said before stands until there is an answer.
                        await (_frame is null ? RunAsync(LoadAsync, _problem ?? NotYet) : RefreshListsAsync());
                        StateHasChanged();
                    }
                });
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page was left.
        }
    }
}
