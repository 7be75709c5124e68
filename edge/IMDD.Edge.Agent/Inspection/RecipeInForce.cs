namespace IMDD.Edge.Agent.Inspection;

/// <summary>
/// The recipe that a group of cameras is decided by now. It is replaced between two batches, where <see cref="ModelSlot"/> says so, so that a batch sees one
/// model and one recipe; a frame keeps the one that it was judged by.
/// </summary>
/// <param name="configured">The configuration's, in force until another is.</param>
internal sealed class RecipeInForce(StationRecipe configured)
{
    private StationRecipe _current = configured;

    /// <summary>The configuration's.</summary>
    public StationRecipe Configured { get; } = configured;

    /// <summary>The one in force.</summary>
    public StationRecipe Current => Volatile.Read(ref _current);

    /// <summary>Puts another in force.</summary>
    public void Set(StationRecipe next) => Volatile.Write(ref _current, next);
}
