namespace IMDD.Edge.Agent.Examples;

/// <summary>Names under which the store remembers the day's budget.</summary>
internal static class ExampleNumbers
{
    public const string Day = "examples-day";
    public const string Used = "examples-used";
}
