namespace IMDD.Edge.Agent.Examples;

/// <summary>A budget and what is used of it. Not thread-safe.</summary>
internal sealed class BudgetLedger(ExampleBudget budget)
{
    private readonly BudgetWindow _minute = new(TimeSpan.FromMinutes(1), budget.PerMinute);
    private readonly BudgetWindow _hour = new(TimeSpan.FromHours(1), budget.PerHour);

    public BudgetWindow Day { get; } = new(TimeSpan.FromDays(1), budget.PerDay);

    public bool HasRoom(DateTimeOffset now) => _minute.HasRoom(now) && _hour.HasRoom(now) && Day.HasRoom(now);

    public void Take(DateTimeOffset now)
    {
        _minute.Take(now);
        _hour.Take(now);
        Day.Take(now);
    }
}
