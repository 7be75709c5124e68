namespace IMDD.Contracts.Audit;

/// <summary>A request that says who asks.</summary>
public interface IAttributed
{
    /// <summary>Who, as the caller says.</summary>
    string? By { get; }
}
