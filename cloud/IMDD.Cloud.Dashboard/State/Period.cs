namespace IMDD.Cloud.Dashboard.State;

/// <summary>How far back charts and rates look.</summary>
public enum Period
{
    /// <summary>Sixty minutes, by the minute.</summary>
    Hour,

    /// <summary>Twenty-four hours, by the hour.</summary>
    Day,
}
