using IMDD.Contracts.Events;

namespace IMDD.Edge.Agent.Inspection;

/// <summary>
/// The recipe that a group of cameras is decided by now. It is replaced between two batches, where <see cref="ModelSlot"/> says so, so that a batch sees one
/// model and one recipe; a frame keeps the one that it was judged by.
/// </summary>
/// <param name="configured">The configuration's, in force until another is.</param>
internal sealed class RecipeInForce(StationRecipe configured)
{
    private readonly Lock _lock = new();
    private StationRecipe _current = configured;
    private int _frames;
    private int _undecided;

    /// <summary>The configuration's.</summary>
    public StationRecipe Configured { get; } = configured;

    /// <summary>The one in force.</summary>
    public StationRecipe Current => Volatile.Read(ref _current);

    /// <summary>Puts another in force.</summary>
    public void Set(StationRecipe next)
    {
        lock (_lock)
        {
            Volatile.Write(ref _current, next);
            (_frames, _undecided) = (0, 0);
        }
    }

    /// <summary>A frame of the line was judged by a recipe. What ends for another cause than the recipe's is not counted.</summary>
    public void Judged(StationRecipe recipe, Decision decision)
    {
        var isUndecided = decision.Reason is UndecidedReason.Uncertain or UndecidedReason.Deadline;
        if (decision.Verdict == Verdict.Undecided && !isUndecided)
        {
            return;
        }

        lock (_lock)
        {
            if (recipe == _current)
            {
                _frames++;
                _undecided += isUndecided ? 1 : 0;
            }
        }
    }

    /// <summary>What the recipe in force has made of the line's frames since it was put there.</summary>
    public (int Frames, int Undecided) Tally()
    {
        lock (_lock)
        {
            return (_frames, _undecided);
        }
    }
}
