namespace IMDD.Contracts.Events;

/// <summary>What a person says of an outcome, as strings on the wire; the list is open.</summary>
public static class LabelJudgement
{
    /// <summary>It is as the model said.</summary>
    public const string Confirmed = "confirmed";

    /// <summary>The place is right, the name is another.</summary>
    public const string Renamed = "renamed";

    /// <summary>Failed, and there is nothing wrong with it.</summary>
    public const string FalseAlarm = "falseAlarm";

    /// <summary>Passed, or failed for something else, and there is a defect that was not seen.</summary>
    public const string MissedDefect = "missedDefect";

    /// <summary>Taken back: this person has said nothing.</summary>
    public const string Withdrawn = "withdrawn";
}
