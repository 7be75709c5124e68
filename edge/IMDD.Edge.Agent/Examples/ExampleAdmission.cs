using IMDD.Edge.Agent.Telemetry;

namespace IMDD.Edge.Agent.Examples;

/// <summary>
/// Says for which of its reasons a frame may be offered: not again what was offered a while ago, and no more than the budgets allow. Thread-safe.
/// </summary>
internal sealed class ExampleAdmission
{
    /// <summary>Most examples of one look, whatever the model names in them: names that come and go in a scene that stands still.</summary>
    private const int MostAlike = 3;

    /// <summary>Looks remembered for a camera and a reason; the oldest are forgotten first.</summary>
    private const int MostRemembered = 64;

    private readonly Lock _lock = new();
    private readonly HardExampleOptions _options;
    private readonly AgentTelemetry _telemetry;
    private readonly BudgetLedger _all;
    private readonly Dictionary<string, BudgetLedger> _reasons = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Camera, string Reason), List<SeenLook>> _seen = [];

    /// <param name="options">Limits.</param>
    /// <param name="day">Number of the last day that examples were sent on; null: none was.</param>
    /// <param name="usedThen">How many on that day.</param>
    /// <param name="telemetry">Counts what is not offered.</param>
    public ExampleAdmission(HardExampleOptions options, long? day, long? usedThen, AgentTelemetry telemetry)
    {
        (_options, _telemetry) = (options, telemetry);
        _all = new BudgetLedger(options.Budget);
        if (day is { } window && usedThen is { } used)
        {
            _all.Day.Restore(window, (int)Math.Min(used, int.MaxValue));
        }
    }

    /// <summary>How many were admitted today, and which day it is.</summary>
    public (long Day, int Used) UsedOn(DateTimeOffset now)
    {
        lock (_lock)
        {
            _ = _all.Day.HasRoom(now);
            return (_all.Day.WindowOf(now), _all.Day.Used);
        }
    }

    /// <summary>Admits a frame; the reasons that remain, none where it is not to be offered. What does not remain is counted.</summary>
    /// <param name="camera">Key of the camera.</param>
    /// <param name="reasons">Why it might be offered.</param>
    /// <param name="look">What it looks like.</param>
    /// <param name="names">The names in it.</param>
    /// <param name="isAdmitted">True when the frame is admitted for another reason already.</param>
    /// <param name="now">The time.</param>
    public IReadOnlyList<string> Admit(string camera, IReadOnlyList<string> reasons, Thumbprint look, string names, bool isAdmitted, DateTimeOffset now)
    {
        lock (_lock)
        {
            List<string> admitted = [];
            foreach (var reason in reasons)
            {
                if (IsAlike(camera, reason, look, names, now))
                {
                    _telemetry.ExampleDropped(reason, "alike");
                }
                else if (!(isAdmitted || _all.HasRoom(now)) || !Ledger(reason).HasRoom(now))
                {
                    _telemetry.ExampleDropped(reason, "budget");
                }
                else
                {
                    admitted.Add(reason);
                }
            }

            if (admitted.Count > 0 && !isAdmitted)
            {
                _all.Take(now);
            }

            foreach (var reason in admitted)
            {
                Ledger(reason).Take(now);
                Remember(Seen(camera, reason), new SeenLook(look, names, now));
            }

            return admitted;
        }
    }

    private static void Remember(List<SeenLook> seen, SeenLook look)
    {
        if (seen.Count == MostRemembered)
        {
            seen.RemoveAt(0);
        }

        seen.Add(look);
    }

    private bool IsAlike(string camera, string reason, Thumbprint look, string names, DateTimeOffset now)
    {
        var seen = Seen(camera, reason);
        seen.RemoveAll(s => (now - s.At).Duration() > _options.AlikeWindow);
        var alike = 0;
        foreach (var other in seen)
        {
            if (other.Look.IsLike(look))
            {
                alike++;
                if (other.Names == names)
                {
                    return true;
                }
            }
        }

        return alike >= MostAlike;
    }

    private List<SeenLook> Seen(string camera, string reason)
    {
        if (!_seen.TryGetValue((camera, reason), out var seen))
        {
            _seen.Add((camera, reason), seen = []);
        }

        return seen;
    }

    private BudgetLedger Ledger(string reason)
    {
        if (!_reasons.TryGetValue(reason, out var ledger))
        {
            _reasons.Add(reason, ledger = new BudgetLedger(_options.ReasonBudget));
        }

        return ledger;
    }
}
