namespace IMDD.Contracts.Learning;

/// <summary>Path of the account of a loop under way. JSON is written and read with <see cref="Events.ImddJson.Options"/>.</summary>
public static class LearningRoutes
{
    /// <summary>GET: <see cref="LearningProgress"/>.</summary>
    public const string Progress = "/api/v1/learning";
}
