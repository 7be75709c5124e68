using IMDD.Contracts.Events;

namespace IMDD.Cli.Learn;

/// <summary>How a fleet comes to know a new kind.</summary>
internal abstract class LearnWay : IDisposable
{
    /// <summary>Labels of people that were used.</summary>
    public abstract int Labels { get; }

    /// <summary>When a word was entered, since the lines started; null where none is.</summary>
    public virtual TimeSpan? WordEnteredAt => null;

    /// <summary>Folder of the bundle that was made.</summary>
    public abstract string Bundle { get; }

    /// <summary>Frames of the new kind that each agent has decided before a person labels the first.</summary>
    public virtual int FramesBefore => 0;

    /// <summary>Once the lines stand: all ways in which the word could be given, the one that was released among them; empty where there is no word.</summary>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="CommandFailedException">One cannot be tried.</exception>
    public virtual Task<IReadOnlyList<WordTrial>> TrialsAsync(CancellationToken stop) => Task.FromResult<IReadOnlyList<WordTrial>>([]);

    /// <summary>Makes a release that knows the new kind, and registers it.</summary>
    /// <param name="mark">Told what has happened and what goes on.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="CommandFailedException">There is no such release.</exception>
    public abstract Task<ModelRelease> LearnAsync(Action<string, string> mark, CancellationToken stop);

    /// <inheritdoc/>
    public abstract void Dispose();
}
